using System.Text;

namespace RabbitBridge.Cli.Values;

/// <summary>What comes from a file, or from standard input, in place of an argument.</summary>
internal static class InputFile
{
    /// <summary>The name of standard input.</summary>
    public const string StandardInput = "-";

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Where a value is to be read from, if it is not the argument itself.</summary>
    /// <param name="file">The file that is named, if one is.</param>
    /// <param name="argument">The argument, if there is one.</param>
    public static string? Source(string? file, string? argument) => file ?? (argument == StandardInput ? StandardInput : null);

    /// <exception cref="FormatException">It cannot be read; the message says why.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            // A terminal, and a pipe of which nothing comes, are read without regard to any token: Ctrl-C leaves that thread behind.
            return await Task.Run(() => Read(name), CancellationToken.None).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new FormatException($"{(name == StandardInput ? "Standard input" : $"The file '{name}'")} cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>What is in it as text, without a byte order mark.</summary>
    /// <exception cref="FormatException">It is no UTF-8.</exception>
    public static string Text(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return Strict.GetString(bytes.Span.StartsWith(Encoding.UTF8.Preamble) ? bytes.Span[Encoding.UTF8.Preamble.Length..] : bytes.Span);
        }
        catch (DecoderFallbackException exception)
        {
            throw new FormatException($"The value is no text in UTF-8: {exception.Message}", exception);
        }
    }

    private static byte[] Read(string name)
    {
        if (name != StandardInput)
            return File.ReadAllBytes(name);
        using var input = Console.OpenStandardInput();
        using var bytes = new MemoryStream();
        input.CopyTo(bytes);
        return bytes.ToArray();
    }
}
