using Mono.Cecil;
using RabbitBridge.ContractTests;

namespace RabbitBridge.UnitTests.Architecture;

/// <summary>Reads from an assembly which types refer to which, and from the sources in which folders they are: each type has a file of its name.</summary>
internal sealed class FolderReferences
{
    private readonly Dictionary<string, string> _folders;

    /// <param name="project">The project's name, which is the assembly's.</param>
    public FolderReferences(string project)
    {
        var root = Path.Combine(SourceTree.Root, "src", project);
        _folders = Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(root, file).Split(Path.DirectorySeparatorChar))
            .Where(static parts => parts[0] is not ("bin" or "obj"))
            .ToDictionary(static parts => Path.GetFileNameWithoutExtension(parts[^1]), static parts => parts.Length > 1 ? parts[0] : "", StringComparer.Ordinal);

        using var module = ModuleDefinition.ReadModule(Path.Combine(AppContext.BaseDirectory, project + ".dll"));
        // What compilers add stands in no file.
        var types = module.GetTypes().Where(type => Outermost(type).Name[0] != '<' && Outermost(type).Namespace.StartsWith("RabbitBridge", StringComparison.Ordinal)).ToArray();
        All = [.. types.SelectMany(type => Referenced(type).Select(to => (From: Outermost(type), To: Outermost(to)))).Distinct()
            .Where(reference => reference.To.Scope == module && reference.From != reference.To)
            .Where(static reference => reference.To.Name[0] != '<')
            .Select(reference => new FolderReference(FolderOf(reference.From), Shown(reference.From), FolderOf(reference.To), Shown(reference.To)))];
        Elsewhere = [.. types.SelectMany(type => Referenced(type).Where(to => to.Scope != module).Select(to => (From: FolderOf(Outermost(type)), Project: to.Scope.Name, To: to.FullName))).Distinct()];
    }

    /// <summary>References between types of the assembly.</summary>
    public IReadOnlyList<FolderReference> All { get; }

    /// <summary>References to types of other assemblies, from folders.</summary>
    public IReadOnlyList<(string From, string Project, string To)> Elsewhere { get; }

    private static TypeReference Outermost(TypeReference type)
    {
        while (type.DeclaringType is { } outer)
            type = outer;
        return type;
    }

    private static string Shown(TypeReference type) => type.Name.Split('`')[0];

    private static IEnumerable<TypeReference> Referenced(TypeDefinition type)
    {
        var types = new List<TypeReference?> { type.BaseType };
        types.AddRange(type.Interfaces.Select(static each => each.InterfaceType));
        types.AddRange(type.GenericParameters.SelectMany(static each => each.Constraints).Select(static each => each.ConstraintType));
        types.AddRange(type.Fields.Select(static each => each.FieldType));
        types.AddRange(type.Properties.Select(static each => each.PropertyType));
        types.AddRange(type.Events.Select(static each => each.EventType));
        types.AddRange(type.CustomAttributes.Concat(type.Methods.SelectMany(static each => each.CustomAttributes)).Select(static each => each.AttributeType));
        foreach (var method in type.Methods)
        {
            types.AddRange(Parts(method));
            if (!method.HasBody)
                continue;
            types.AddRange(method.Body.Variables.Select(static each => each.VariableType));
            types.AddRange(method.Body.ExceptionHandlers.Select(static each => each.CatchType));
            foreach (var instruction in method.Body.Instructions)
            {
                types.AddRange(instruction.Operand switch
                {
                    MethodReference called => Parts(called),
                    FieldReference field => [field.DeclaringType, field.FieldType],
                    TypeReference named => [named],
                    _ => [],
                });
            }
        }

        return types.OfType<TypeReference>().SelectMany(Inner);
    }

    private static IEnumerable<TypeReference?> Parts(MethodReference method) =>
    [
        method.DeclaringType,
        method.ReturnType,
        .. method.Parameters.Select(static each => each.ParameterType),
        .. method is GenericInstanceMethod generic ? generic.GenericArguments : [],
    ];

    // The types that a type is made of: those of an array, a reference, or an instance of a generic one.
    private static IEnumerable<TypeReference> Inner(TypeReference type) => type switch
    {
        GenericParameter => [],
        GenericInstanceType generic => generic.GenericArguments.SelectMany(Inner).Append(generic.ElementType),
        TypeSpecification specification => Inner(specification.ElementType),
        _ => [type],
    };

    private string FolderOf(TypeReference type)
    {
        var name = Shown(type);
        return type.HasGenericParameters && _folders.TryGetValue(name + "OfT", out var folder) ? folder
            : _folders.TryGetValue(name, out folder) ? folder
            : throw new InvalidOperationException($"The type {type.FullName} has no file of its name.");
    }
}
