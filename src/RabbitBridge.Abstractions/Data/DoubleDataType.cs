using System.Buffers;
using System.Globalization;

namespace RabbitBridge;

internal sealed class DoubleDataType : DataType<double>
{
    private const int LongestText = 32;

    public override string ContentType => ContentTypes.Double;

    public override void Write(double value, IBufferWriter<byte> writer)
    {
        value.TryFormat(writer.GetSpan(LongestText), out var written, "R", CultureInfo.InvariantCulture);
        writer.Advance(written);
    }

    public override double Read(string contentType, ReadOnlyMemory<byte> bytes) =>
        double.TryParse(bytes.Span, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new InvalidMessageDataException("The bytes are not the decimal digits of a double.");
}
