using System.Globalization;
using CsCheck;

namespace RabbitBridge.ContractTests;

/// <summary>
/// The property that the whole topology exists for: whatever handlers there are in whatever gateways, a request is answered
/// by one on the most specific branch, and by nobody exactly if there is none.
/// </summary>
public abstract class MostSpecificHandlerContract(IFabricWorld world) : FabricContract(world)
{
    private const int Gateways = 3;

    // Few names, so that branches often contain each other and are often shared; one that a topic exchange would trip over.
    private static readonly Gen<string> Segment = Gen.OneOf("a", "b", "*");

    private static readonly Gen<string> BranchPath = Segment.Array[0, 5].Select(segments => segments.Length == 0 ? "/" : string.Join('/', segments));

    private static readonly Gen<string> RequestPath = Segment.Array[1, 7].Select(segments => string.Join('/', segments));

    private static readonly Gen<(int Gateway, string Path, bool Closed)> Handler =
        Gen.Select(Gen.Int[0, Gateways - 1], BranchPath, Gen.Frequency((3, false), (1, true)));

    private static readonly Gen<(int Gateway, string Path)> Request = Gen.Select(Gen.Int[0, Gateways - 1], RequestPath);

    private IGateway[] _gateways = [];

    public override async Task InitializeAsync()
    {
        var (a, b, c) = await StartThreeAsync();
        _gateways = [a, b, c];
    }

    [Fact]
    public Task The_answerer_is_always_the_most_specific_one() =>
        Gen.Select(Handler.Array[0, 8], Request.Array[1, 12])
            .SampleAsync(AssertCaseAsync, iter: World.RandomCases, threads: 1, print: Print);

    private async Task AssertCaseAsync((int Gateway, string Path, bool Closed)[] handlers, (int Gateway, string Path)[] requests)
    {
        var sessions = new List<ISession>();
        try
        {
            // All at once: gateways that share a branch race for its queue.
            var registrations = await Task.WhenAll(handlers.Select(handler =>
            {
                var session = _gateways[handler.Gateway].OpenSession();
                sessions.Add(session);
                return session.AnswerAsync(handler.Path, handler.Path);
            }));
            await Task.WhenAll(registrations.Where((_, index) => handlers[index].Closed).Select(registration => registration.CloseAsync()));

            var open = handlers.Where(handler => !handler.Closed).Select(handler => handler.Path).ToHashSet();
            foreach (var (gateway, path) in requests)
                Assert.Equal(Expected(open, path), await AnswerAsync(gateway, path));
        }
        finally
        {
            await Task.WhenAll(sessions.Select(session => session.CloseAsync()));
        }
    }

    private async Task<string> AnswerAsync(int gateway, string path)
    {
        await using var sender = _gateways[gateway].OpenSession();
        try
        {
            return await sender.AskAsync(path);
        }
        catch (UnhandledMessageException)
        {
            return "nobody";
        }
    }

    /// <summary>The model: walk up from the path to the root.</summary>
    private static string Expected(HashSet<string> open, string path)
    {
        for (var branch = path; branch.Length > 0; branch = branch.Contains('/', StringComparison.Ordinal) ? branch[..branch.LastIndexOf('/')] : "")
        {
            if (open.Contains(branch))
                return branch;
        }

        return open.Contains("/") ? "/" : "nobody";
    }

    private static string Print(((int Gateway, string Path, bool Closed)[] Handlers, (int Gateway, string Path)[] Requests) sample) =>
        string.Create(CultureInfo.InvariantCulture, $"handlers [{string.Join(", ", sample.Handlers)}], requests [{string.Join(", ", sample.Requests)}]");
}
