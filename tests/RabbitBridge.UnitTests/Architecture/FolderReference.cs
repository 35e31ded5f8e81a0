namespace RabbitBridge.UnitTests.Architecture;

/// <summary>That a type refers to another one.</summary>
/// <param name="FromFolder">Its folder; empty for the project's own.</param>
/// <param name="From">The type.</param>
/// <param name="ToFolder">The other one's folder.</param>
/// <param name="To">The other type.</param>
internal sealed record FolderReference(string FromFolder, string From, string ToFolder, string To);
