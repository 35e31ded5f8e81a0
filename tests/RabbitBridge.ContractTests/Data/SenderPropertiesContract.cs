namespace RabbitBridge.ContractTests;

public abstract class SenderPropertiesContract(IFabricWorld world) : FabricContract(world)
{
    private static readonly SessionOptions Sender = new()
    {
        Principal = "alice",
        Roles = ["operator", "admin"],
        Properties = new Dictionary<string, string> { ["Department"] = "Accounts", ["Floor"] = "3", ["Empty"] = "" },
    };

    // The handler's session has properties too, which must never be taken for the sender's.
    private static readonly SessionOptions Handler = new()
    {
        Principal = "handler",
        Properties = new Dictionary<string, string> { ["Department"] = "Wrong", ["Secret"] = "yes" },
    };

    public static TheoryData<bool, string, string> Selections() => new()
    {
        { true, "", "" },
        { false, "", "" },
        { true, "Floor", "Floor=3" },
        { false, "Floor", "Floor=3" },
        { false, "Floor,$Principal,Absent,$Country", "$Principal=alice,Floor=3" },
        { false, "Empty", "Empty=" },
        { false, "floor", "" },
        { true, "*U", "Department=Accounts,Empty=,Floor=3" },
        { false, "*U", "Department=Accounts,Empty=,Floor=3" },
        { false, "*U,Floor,$ServerName", "$ServerName=b,Department=Accounts,Empty=,Floor=3" },
        { false, "$Roles,$Principal", "$Principal=alice,$Roles=\"admin\",\"operator\"" },
    };

    [Theory]
    [MemberData(nameof(Selections))]
    public async Task A_handler_gets_the_properties_of_the_sender_that_it_asked_for(bool local, string keys, string expected)
    {
        var (a, b) = await StartTwoAsync();
        await RegisterAsync((local ? b : a).OpenSession(Handler), keys.Split(',', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(expected, await b.OpenSession(Sender).AskAsync("who"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task All_fixed_properties_come_for_the_asking(bool local)
    {
        var (a, b) = await StartTwoAsync();
        await RegisterAsync((local ? b : a).OpenSession(Handler), SessionProperty.AllFixed);
        var sender = b.OpenSession(Sender);

        Assert.Equal(Show(sender.Properties.Where(property => property.Key.StartsWith('$'))), await sender.AskAsync("who"));
        Assert.Equal("b", sender.Properties[SessionProperty.ServerName]);
        Assert.Equal(sender.Id.ToString(), sender.Properties[SessionProperty.SessionIdentifier]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task All_properties_come_for_the_asking(bool local)
    {
        var (a, b) = await StartTwoAsync();
        await RegisterAsync((local ? b : a).OpenSession(Handler), SessionProperty.AllUser, SessionProperty.AllFixed);
        var sender = b.OpenSession(Sender);

        Assert.Equal(Show(sender.Properties), await sender.AskAsync("who"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Each_handler_of_a_branch_gets_only_what_it_asked_for_itself(bool local)
    {
        var (a, b) = await StartTwoAsync();
        var host = local ? b : a;
        await RegisterAsync(host.OpenSession(Handler), "Floor");
        await RegisterAsync(host.OpenSession(Handler), "Department");
        await RegisterAsync(host.OpenSession(Handler));
        var sender = b.OpenSession(Sender);

        var answers = new HashSet<string>();
        for (var i = 0; i < 60; i++)
            answers.Add(await sender.AskAsync("who"));

        Assert.Equal(["", "Department=Accounts", "Floor=3"], answers.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_is_asked_for_may_change_with_the_registration()
    {
        var (a, b) = await StartTwoAsync();
        var handler = a.OpenSession(Handler);
        var sender = b.OpenSession(Sender);

        foreach (var (key, expected) in new[] { ("Floor", "Floor=3"), ("Department", "Department=Accounts") })
        {
            await using var registration = await RegisterAsync(handler, key);
            Assert.Equal(expected, await sender.AskAsync("who"));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_request_is_handled_without_what_was_asked_for_while_registrations_change_D19(bool redelivery)
    {
        var (a, b) = await StartTwoAsync();
        var sender = b.OpenSession(Sender);
        var (bare, named, stop) = (0, 0, 0);
        await a.OpenSession(Handler).AnswerAsync("a", "less specific");

        var senders = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (Volatile.Read(ref stop) == 0)
            {
                try
                {
                    await sender.AskAsync("a/b");
                }
                catch (MessagingException exception) when (exception.Reason is ErrorReason.ClusterRouting or ErrorReason.SessionClosed or ErrorReason.UnhandledMessage)
                {
                    // Not handled.
                }
            }
        })).ToArray();
        for (var i = 0; i < 60; i++)
        {
            var handler = a.OpenSession(Handler);
            await handler.Messages.AddRequestHandlerAsync<string, string>("a/b", (_, context, _) =>
            {
                Interlocked.Increment(ref context.SessionProperties.GetValueOrDefault(SessionProperty.Principal) == "alice" ? ref named : ref bare);
                return new("");
            }, new RequestHandlerOptions { SessionProperties = [SessionProperty.Principal], Redelivery = redelivery });
            var before = Volatile.Read(ref named);
            await Eventually.TrueAsync(() => Volatile.Read(ref named) > before, "the handler has had a request");
            await handler.CloseAsync();
        }

        Volatile.Write(ref stop, 1);
        await Task.WhenAll(senders);
        Assert.Equal(0, bare);
    }

    private static Task<IRegistration> RegisterAsync(ISession session, params string[] keys) =>
        session.Messages.AddRequestHandlerAsync<string, string>(
            "who", (_, context, _) => new(Show(context.SessionProperties)), new RequestHandlerOptions { SessionProperties = keys });

    private static string Show(IEnumerable<KeyValuePair<string, string>> properties) =>
        string.Join(',', properties.OrderBy(property => property.Key, StringComparer.Ordinal).Select(property => $"{property.Key}={property.Value}"));
}
