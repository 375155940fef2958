namespace WebUi.Client;

/// <summary>ControlApi does not answer at all.</summary>
public sealed class ApiAwayException()
    : ApiException(503, "ControlApi does not answer. Traffic goes on; try again in a moment.", []);
