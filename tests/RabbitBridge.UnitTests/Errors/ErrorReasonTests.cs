
namespace RabbitBridge.UnitTests.Errors;

public sealed class ErrorReasonTests
{
    public static TheoryData<ErrorReason> All() => [.. Enum.GetValues<ErrorReason>()];

    [Theory]
    [MemberData(nameof(All))]
    public void Each_reason_has_a_sealed_exception_of_its_own(ErrorReason reason)
    {
        var error = MessagingException.For(reason, "what happened");

        Assert.Equal((reason, "what happened"), (error.Reason, error.Message));
        Assert.True(error.GetType().IsSealed);
        Assert.Single(Enum.GetValues<ErrorReason>(), other => MessagingException.For(other, "").GetType() == error.GetType());
    }

    [Theory]
    [InlineData(100, "COMMUNICATION_FAILURE")]
    [InlineData(101, "SESSION_CLOSED")]
    [InlineData(102, "REQUEST_TIME_OUT")]
    [InlineData(103, "ACCESS_DENIED")]
    [InlineData(104, "UNSUPPORTED")]
    [InlineData(105, "CALLBACK_EXCEPTION")]
    [InlineData(106, "INVALID_DATA")]
    [InlineData(107, "NO_SUCH_SESSION")]
    [InlineData(108, "INCOMPATIBLE_DATATYPE")]
    [InlineData(109, "UNHANDLED_MESSAGE")]
    [InlineData(110, "CLUSTER_REPARTITION")]
    [InlineData(111, "INCOMPATIBLE_STATE")]
    [InlineData(112, "CLUSTER_ROUTING")]
    [InlineData(200, "TOPIC_TREE_REGISTRATION_CONFLICT")]
    [InlineData(201, "HANDLER_CONFLICT")]
    [InlineData(202, "INVALID_PATH")]
    [InlineData(9003, "REJECTED_REQUEST")]
    [InlineData(20001, "OVERLOADED")]
    [InlineData(20005, "INVALID_FILTER")]
    public void Numbers_and_names_are_those_of_the_originals(int number, string name)
    {
        Assert.Equal(name, ErrorNames.Of((ErrorReason)number));
        Assert.Equal((ErrorReason)number, ErrorNames.Find(name));
        Assert.Equal(19, Enum.GetValues<ErrorReason>().Length);
    }

    [Fact]
    public void A_reason_of_a_later_version_is_named_by_its_number()
    {
        var error = MessagingException.For((ErrorReason)4711, "new");

        Assert.IsType<CommunicationFailureException>(error);
        Assert.Contains("4711", error.Message, StringComparison.Ordinal);
        Assert.Equal("REASON_4711", ErrorNames.Of((ErrorReason)4711));
        Assert.Null(ErrorNames.Find("SOMETHING_NEW"));
        Assert.Null(ErrorNames.Find("unhandled_message"));
        Assert.Null(ErrorNames.Find(null));
    }
}
