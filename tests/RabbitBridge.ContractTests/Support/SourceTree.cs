namespace RabbitBridge.ContractTests;

/// <summary>The project's sources, of which some tests need files that are not built.</summary>
public static class SourceTree
{
    /// <summary>The folder of the solution above the tests' own.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "RabbitBridge.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"There is no RabbitBridge.sln above {AppContext.BaseDirectory}.");
    }
}
