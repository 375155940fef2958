using System.Reflection;

namespace ControlApi.Status;

/// <summary>When this process started.</summary>
public sealed record ProcessStart(DateTimeOffset Time)
{
    public static string Version { get; } = typeof(ProcessStart).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split(
            '+')[0] ?? "0";
}
