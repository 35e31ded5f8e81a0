namespace RabbitBridge;

/// <summary>Adds projects to a host's gateway.</summary>
public static class ProjectBuilderExtensions
{
    /// <summary>Adds message handlers of a project, which the gateway has when it starts. It may be called again for the same project.</summary>
    /// <param name="builder">The builder that <c>AddRabbitBridge</c> returned.</param>
    /// <param name="project">The project.</param>
    /// <param name="configure">Names the handlers.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="HandlerConflictException">The project has a handler of a name already.</exception>
    /// <exception cref="InvalidMessageDataException">A name is empty.</exception>
    public static RabbitBridgeBuilder AddProject(this RabbitBridgeBuilder builder, string project, Action<ProjectBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        configure(new ProjectBuilder(builder.Services, project));
        return builder;
    }
}
