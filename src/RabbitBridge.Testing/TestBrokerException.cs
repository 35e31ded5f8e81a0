namespace RabbitBridge.Testing;

/// <summary>No broker could be had, or the one at hand did not do what it was told; the message says what to do.</summary>
public class TestBrokerException : Exception
{
    /// <summary>An exception without a text of its own.</summary>
    public TestBrokerException()
    {
    }

    /// <summary>An exception with a text for the person who started the tests.</summary>
    /// <param name="message">What failed and what to do.</param>
    public TestBrokerException(string message)
        : base(message)
    {
    }

    /// <summary>An exception with a text and the failure behind it.</summary>
    /// <param name="message">What failed and what to do.</param>
    /// <param name="innerException">The failure behind it.</param>
    public TestBrokerException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
