using Dataplane.Contract.Configuration;
using Microsoft.AspNetCore.Components;

namespace WebUi.Components.Controls;

/// <summary>What is wrong with the field above, and what would put it right.</summary>
public sealed partial class FieldFaults
{
    [Parameter, EditorRequired]
    public IEnumerable<ConfigFault> Faults { get; set; } = [];
}
