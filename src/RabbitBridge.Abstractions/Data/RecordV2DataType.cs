using System.Buffers;

namespace RabbitBridge;

internal sealed class RecordV2DataType : DataType<RecordV2>
{
    public override string ContentType => ContentTypes.RecordV2;

    public override void Write(RecordV2 value, IBufferWriter<byte> writer)
    {
        ArgumentNullException.ThrowIfNull(value);
        for (var record = 0; record < value.Records.Count; record++)
        {
            for (var field = 0; field < value.Records[record].Count; field++)
            {
                var (atRecord, atField) = (record, field);
                Utf8.Write(value.Records[record][field], writer, () => $"Field {atField} of record {atRecord}");
                writer.Write([(byte)RecordV2.FieldEnd]);
            }

            writer.Write([(byte)RecordV2.RecordEnd]);
        }
    }

    public override RecordV2 Read(string contentType, ReadOnlyMemory<byte> bytes)
    {
        var text = Utf8.Read(bytes.Span);
        var records = text.Split(RecordV2.RecordEnd);
        if (records[^1].Length > 0)
            throw new InvalidMessageDataException("The bytes are not record_v2: the last record does not end with the byte 1.");
        return new RecordV2(records[..^1].Select(Fields));
    }

    private static string[] Fields(string record)
    {
        var fields = record.Split(RecordV2.FieldEnd);
        return fields[^1].Length == 0
            ? fields[..^1]
            : throw new InvalidMessageDataException("The bytes are not record_v2: the last field of a record does not end with the byte 2.");
    }
}
