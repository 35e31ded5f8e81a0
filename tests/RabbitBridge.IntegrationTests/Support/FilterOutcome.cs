using System.Collections.Concurrent;

namespace RabbitBridge.IntegrationTests;

/// <summary>What becomes of one request to sessions by a filter.</summary>
internal sealed class FilterOutcome(string id, Executions executions) : IFilteredRequestCallback<string>
{
    private readonly ConcurrentDictionary<SessionId, string> _answers = new();

    /// <summary>How many sessions have answered or failed.</summary>
    public int Count => _answers.Count;

    public int Errors => _answers.Values.Count(answer => answer != id);

    public void OnResponse(SessionId session, string response)
    {
        if (response != id)
            executions.Faults.Enqueue($"'{id}' is answered with '{response}'");
        Add(session, response);
    }

    public void OnResponseError(SessionId session, MessagingException exception) => Add(session, exception.Reason.ToString());

    private void Add(SessionId session, string answer)
    {
        if (!_answers.TryAdd(session, answer))
            executions.Faults.Enqueue($"'{id}' is answered twice by {session}");
    }
}
