namespace RabbitBridge.UnitTests.Data;

public sealed class MediaTypeTests
{
    [Theory]
    [InlineData("application/json; charset=utf-8", "application/json")]
    [InlineData("Application/JSON", "application/json")]
    [InlineData("text/plain;charset=UTF-8", "text/plain")]
    [InlineData("text/plain ; charset=\"us-ascii\"", "text/plain")]
    [InlineData("application/vnd.rabbitbridge.int64;x=1", "application/vnd.rabbitbridge.int64")]
    public void Parameters_blanks_and_case_make_no_other_type_S1(string given, string type)
    {
        Assert.True(MediaType.IsAllowed(given, out _));
        Assert.True(MediaType.IsSame(given, type));
        Assert.True(MediaType.IsSame(type, given));
    }

    [Theory]
    [InlineData("application/json", "text/json")]
    [InlineData("application/jsonx", "application/json")]
    [InlineData("application/json", "application/jso")]
    public void Other_types_are_others_S1(string one, string other) => Assert.False(MediaType.IsSame(one, other));

    [Theory]
    [InlineData("text/plain; charset=iso-8859-1", "iso-8859-1")]
    [InlineData("application/json;charset=utf-16", "utf-16")]
    [InlineData("application/problem+json; charset=latin1", "latin1")]
    public void A_charset_other_than_UTF_8_is_refused_with_the_reason_S1(string given, string charset)
    {
        Assert.False(MediaType.IsAllowed(given, out var problem));
        Assert.Contains($"'{charset}'", problem, StringComparison.Ordinal);
        Assert.Contains("UTF-8", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/vnd.rabbitbridge.frame")]
    [InlineData("application/vnd.rabbitbridge.probe")]
    [InlineData("application/vnd.rabbitbridge.project-message")]
    [InlineData("APPLICATION/VND.RabbitBridge.Frame; x=1")]
    [InlineData("application/vnd.rabbitbridge.anything-later")]
    public void What_gateways_say_to_each_other_is_no_type_of_a_value_D2(string given)
    {
        Assert.False(MediaType.IsAllowed(given, out var problem));
        Assert.Contains("reserved", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("text")]
    [InlineData("text/")]
    [InlineData("text/plain, text/html")]
    [InlineData("text/plain\r\nrb-x: 1")]
    [InlineData("text/pl\u00e4in")]
    [InlineData("text/plain\ud800")]
    public void What_is_no_media_type_is_refused_D2(string? given)
    {
        Assert.False(MediaType.IsAllowed(given, out var problem));
        Assert.DoesNotContain('\n', problem);
    }

    [Fact]
    public void A_type_has_as_many_bytes_as_AMQP_has_room_for_x2()
    {
        Assert.True(MediaType.IsAllowed("text/" + new string('x', 250), out _));
        Assert.False(MediaType.IsAllowed("text/" + new string('x', 251), out var problem));
        Assert.Contains("255", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_types_read_what_has_their_type_with_parameters_S1()
    {
        Assert.True(DataTypes.Text.CanRead("text/plain; charset=utf-8"));
        Assert.True(DataTypes.Json<int>().CanRead("application/JSON; charset=utf-8"));
        Assert.Equal("x", DataTypes.Json<string>().Read("Text/Plain; charset=utf-8", "x"u8.ToArray()));
        Assert.False(DataTypes.Text.CanRead("text/html"));
    }
}
