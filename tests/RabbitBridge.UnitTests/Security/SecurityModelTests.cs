using System.Diagnostics;
using CsCheck;
using RabbitBridge.Filters;
using RabbitBridge.Security;

namespace RabbitBridge.UnitTests.Security;

public sealed class SecurityModelTests
{
    private static readonly string[] RoleNames = ["A", "B", "C", "say \"D\", \\"];
    private static readonly string[] Global = ["REGISTER_HANDLER", "VIEW_SESSION", "MODIFY_SESSION"];
    private static readonly string[] ByPath = ["SEND_TO_MESSAGE_HANDLER", "SEND_TO_SESSION"];
    private static readonly string[] Paths = ["", "a", "b", "a/a", "a/b", "ab", "a/b/a", "a/b/a/b"];

    private static readonly Gen<IReadOnlyList<string>> SomeByPath = Some(ByPath, ByPath.Length);

    private static readonly Gen<NaiveSecurity> AnySecurity =
        from roles in Gen.Int[0, RoleNames.Length - 1].SelectMany(index => Role(index)).Array[RoleNames.Length]
        from isolated in Some(Paths, 2)
        select new NaiveSecurity(
            RoleNames.Zip(roles).Where(pair => pair.Second.Includes.All(included => Array.IndexOf(RoleNames, included) > Array.IndexOf(RoleNames, pair.First)))
                .ToDictionary(pair => pair.First, pair => pair.Second),
            isolated.ToHashSet());

    [Fact]
    public void Every_decision_is_that_of_the_four_rules() =>
        Gen.Select(AnySecurity.Where(security => security.Roles.Count > 0), Some([.. RoleNames, "unknown"], 3)).Sample(
            (naive, roles) =>
            {
                var options = naive.ToOptions();
                Assert.True(new SecurityOptionsValidator().Validate(null, options).Succeeded);
                var model = new SecurityModel(options);
                var text = RoleSet.Format(roles);
                foreach (var permission in Global)
                    Assert.Equal(naive.IsPermittedGlobally(roles, permission), model.IsPermitted(text, Find(permission), MessagePath.Root));
                foreach (var path in Paths.Append("a/b/c/d/e").Append("c"))
                {
                    foreach (var permission in ByPath)
                        Assert.Equal(naive.IsPermittedOn(roles, permission, path), model.IsPermitted(text, Find(permission), Parse(path)));
                }
            },
            iter: 20_000);

    [Fact]
    public void A_session_belongs_to_whatever_project_while_none_is_listed() => Assert.True(new SecurityModel(new SecurityOptions()).MayBelong("X", []));

    [Theory]
    [InlineData("plant", "operator", true)]
    [InlineData("plant", "chief", true)]
    [InlineData("plant", "visitor", false)]
    [InlineData("plant", "", false)]
    [InlineData("Plant", "operator", false)]
    [InlineData("office", "operator", false)]
    public void A_session_belongs_to_a_project_that_is_listed_for_one_of_its_roles(string project, string role, bool may)
    {
        var options = new SecurityOptions { Projects = { ["plant"] = ["engineer", "operator"] }, Roles = { ["chief"] = new RoleOptions { Includes = { "operator" } } } };

        Assert.Equal(may, new SecurityModel(options).MayBelong(project, role.Length == 0 ? [] : ["other", role]));
    }

    [Fact]
    public void Without_roles_everything_is_permitted()
    {
        var model = new SecurityModel(new SecurityOptions());

        Assert.All(Enum.GetValues<Permission>(), permission => Assert.True(model.IsPermitted("", permission, Parse("a"))));
        Assert.True(model.AllowsAnonymous);
    }

    [Fact]
    public void Roles_of_the_session_that_are_not_configured_grant_nothing()
    {
        var model = new SecurityModel(new SecurityOptions { Roles = { ["A"] = new RoleOptions { Permissions = { "VIEW_SESSION" } } } });

        Assert.True(model.IsPermitted("\"A\"", Permission.ViewSession, MessagePath.Root));
        Assert.False(model.IsPermitted("\"B\"", Permission.ViewSession, MessagePath.Root));
        Assert.False(model.IsPermitted("\"a\"", Permission.ViewSession, MessagePath.Root));
        Assert.False(model.IsPermitted("", Permission.ViewSession, MessagePath.Root));
        Assert.False(model.AllowsAnonymous);
    }

    [Fact]
    public void Paths_are_compared_in_their_canonical_form()
    {
        var options = new SecurityOptions { IsolatedPaths = { "/closed/" } };
        options.Roles["A"] = new RoleOptions { DefaultPathPermissions = { "SEND_TO_SESSION" }, Paths = { ["/a/b/"] = [] } };
        var model = new SecurityModel(options);

        Assert.False(model.IsPermitted("\"A\"", Permission.SendToSession, Parse("a/b")));
        Assert.False(model.IsPermitted("\"A\"", Permission.SendToSession, Parse("a/b/c")));
        Assert.False(model.IsPermitted("\"A\"", Permission.SendToSession, Parse("closed/x")));
        Assert.True(model.IsPermitted("\"A\"", Permission.SendToSession, Parse("a/bc")));
    }

    [Fact]
    public void Made_up_roles_do_not_fill_the_memory()
    {
        var model = new SecurityModel(new SecurityOptions { Roles = { ["A"] = new RoleOptions { Permissions = { "VIEW_SESSION" } } } });
        for (var i = 0; i < 25_000; i++)
            Assert.True(model.IsPermitted($"\"A\",\"{i}\"", Permission.ViewSession, MessagePath.Root));

        Assert.InRange(model.CachedViews, 1, 10_000);
    }

    [Fact]
    public void A_decision_allocates_nothing_and_takes_no_longer_where_there_are_many_roles()
    {
        var (few, many) = (Model(10), Model(2000));
        var roles = RoleSet.Format(Enumerable.Range(0, 10).Select(i => $"R{i}"));
        var path = Parse("branch/7/x/z/deep/deeper");
        Assert.Equal((10_000, 10_000), (Decide(few, 10_000), Decide(many, 10_000)));

        var bytes = GC.GetAllocatedBytesForCurrentThread();
        Decide(many, 10_000);
        // The runtime allocates a little on this thread when it replaces a method by a better one; a decision that did would take 24 bytes each.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - bytes, 0, 10_000);

        // Other tests run beside this one: the best rounds tell. Who looked at each role would take two hundred times as long.
        var (withFew, withMany) = (TimeSpan.MaxValue, TimeSpan.MaxValue);
        for (var round = 0; round < 500 && (round < 10 || withMany > 10 * withFew); round++)
        {
            withFew = Min(withFew, Time(few));
            withMany = Min(withMany, Time(many));
        }

        Assert.True(withMany <= 10 * withFew, $"10,000 decisions take {withMany.TotalMicroseconds} us with 2,000 roles, and {withFew.TotalMicroseconds} us with 10.");

        static SecurityModel Model(int count)
        {
            var options = new SecurityOptions();
            for (var i = 0; i < count; i++)
                options.Roles[$"R{i}"] = new RoleOptions { Paths = { [$"branch/{i}"] = ["SEND_TO_SESSION"], ["branch/7/x/y"] = [] } };
            return new SecurityModel(options);
        }

        static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

        TimeSpan Time(SecurityModel model)
        {
            var clock = Stopwatch.StartNew();
            Decide(model, 10_000);
            return clock.Elapsed;
        }

        int Decide(SecurityModel model, int times)
        {
            var permitted = 0;
            for (var i = 0; i < times; i++)
                permitted += model.IsPermitted(roles, Permission.SendToSession, path) ? 1 : 0;
            return permitted;
        }
    }

    [Fact]
    public void Amqp_users_have_their_roles_permissions_and_gateways_all()
    {
        var options = new SecurityOptions { AmqpUsers = { ["gw"] = ["ALL_GATEWAYS"], ["shop"] = ["SHOP"] } };
        options.Roles["ALL_GATEWAYS"] = new RoleOptions { Includes = { "GATEWAY" } };
        options.Roles["SHOP"] = new RoleOptions { Paths = { ["shop"] = ["SEND_TO_MESSAGE_HANDLER"] } };
        Assert.True(new SecurityOptionsValidator().Validate(null, options).Succeeded);
        var model = new SecurityModel(options);

        Assert.Equal((true, false, false, false), (model.IsGateway("gw"), model.IsGateway("shop"), model.IsGateway("x"), model.IsGateway(null)));
        Assert.True(model.IsUserPermitted("gw", Permission.SendToMessageHandler, Parse("x")));
        Assert.True(model.IsUserPermitted("shop", Permission.SendToMessageHandler, Parse("shop/x")));
        Assert.False(model.IsUserPermitted("shop", Permission.SendToMessageHandler, Parse("x")));
        Assert.False(model.IsUserPermitted("x", Permission.SendToMessageHandler, Parse("shop")));
        Assert.False(model.IsUserPermitted(null, Permission.SendToMessageHandler, Parse("shop")));
    }

    [Fact]
    public void Without_amqp_users_each_is_a_gateway_and_may_do_everything()
    {
        var model = new SecurityModel(new SecurityOptions { Roles = { ["A"] = new RoleOptions() } });

        Assert.True(model.IsGateway(null));
        Assert.True(model.IsUserPermitted(null, Permission.SendToSession, Parse("a")));
    }

    private static Gen<NaiveRole> Role(int index) =>
        from includes in Some(RoleNames[(index + 1)..], 2)
        from permissions in Some(Global, 2)
        from defaults in SomeByPath
        from paths in Some(Paths, 3)
        from assigned in SomeByPath.Array[paths.Count]
        select new NaiveRole(includes, permissions, defaults, paths.Zip(assigned).ToDictionary(pair => pair.First, pair => pair.Second));

    private static Gen<IReadOnlyList<string>> Some(string[] from, int most) => from.Length == 0
        ? Gen.Const<IReadOnlyList<string>>([])
        : Gen.OneOf(from).Array[0, most].Select(IReadOnlyList<string> (some) => [.. some.Distinct()]);

    private static Permission Find(string name) => PermissionNames.Find(name)!.Value;

    private static MessagePath Parse(string path) => path.Length == 0 ? MessagePath.Root : MessagePath.Parse(path);
}
