using Dataplane.Contract.Configuration;

namespace WebUi.Client;

/// <summary>
/// ControlApi refused: status, sentence for the reader, and the faults that the problem named.
/// </summary>
public class ApiException(int status, string message, IReadOnlyList<ConfigFault> faults) : Exception(message)
{
    public int Status => status;

    public IReadOnlyList<ConfigFault> Faults => faults;
}
