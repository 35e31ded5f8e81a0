using System.CommandLine;

namespace RabbitBridge.Cli.Remote;

/// <summary><c>rabbitbridge completion</c>: what a shell needs to complete command lines.</summary>
internal static class CompletionVerb
{
    // The program completes by itself, by the directive [suggest:POSITION] of System.CommandLine.
    private const string Bash = """
        # bash: source <(rabbitbridge completion bash)
        _rabbitbridge() {
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$(rabbitbridge "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _rabbitbridge rabbitbridge
        """;

    private const string Zsh = """
        # zsh: source <(rabbitbridge completion zsh)
        _rabbitbridge() {
            local line="${(j: :)words[1,CURRENT]}"
            local -a completions
            completions=(${(f)"$(rabbitbridge "[suggest:${#line}]" "${line}" 2>/dev/null)"})
            compadd -a completions
            _files
        }
        compdef _rabbitbridge rabbitbridge
        """;

    public static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = "bash or zsh." };
        shell.AcceptOnlyFromAmong("bash", "zsh");
        var command = new Command("completion", "Prints a script that has bash or zsh complete command lines: source <(rabbitbridge completion bash)") { shell };
        command.SetAction(result => Console.Out.WriteLine(result.GetRequiredValue(shell) == "bash" ? Bash : Zsh));
        return command;
    }
}
