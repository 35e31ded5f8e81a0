namespace RabbitBridge.Cli.UnitTests;

public sealed class ExitCodesTests
{
    [Theory]
    [InlineData(ErrorReason.AccessDenied, 4)]
    [InlineData(ErrorReason.InvalidPath, 2)]
    [InlineData(ErrorReason.InvalidFilter, 2)]
    [InlineData(ErrorReason.UnhandledMessage, 1)]
    [InlineData(ErrorReason.RequestTimeOut, 1)]
    [InlineData(ErrorReason.CommunicationFailure, 1)]
    public void Each_error_has_its_exit_code(ErrorReason reason, int expected) => Assert.Equal(expected, ExitCodes.For(reason));
}
