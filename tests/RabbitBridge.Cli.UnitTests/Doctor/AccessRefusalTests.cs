using RabbitBridge.Cli.Doctor;

namespace RabbitBridge.Cli.UnitTests.Doctor;

public sealed class AccessRefusalTests
{
    private static readonly NeededPermission[] Needed =
        [new("configure", "exchange", "b"), new("read", "exchange", "b"), new("write", "exchange", "a")];

    [Theory]
    [InlineData("ACCESS_REFUSED - write access to exchange 'a' in vhost '/' refused for user 'u'", "write on exchange 'a'")]
    [InlineData("ACCESS_REFUSED - read access to exchange 'b' in vhost '/' refused for user 'u'", "read on exchange 'b'")]
    [InlineData("ACCESS_REFUSED - access to exchange 'a' in vhost '/' refused for user 'u'", "write on exchange 'a'")]
    [InlineData("ACCESS_REFUSED - access to exchange 'b' in vhost '/' refused for user 'u'", "configure on exchange 'b'")]
    [InlineData("ACCESS_REFUSED", "configure on exchange 'b'")]
    public void The_missing_permission_is_the_one_that_the_broker_names(string reply, string expected) =>
        Assert.Equal(expected, AccessRefusal.Find(reply, Needed).ToString());
}
