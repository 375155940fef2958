using Dataplane.Contract.Configuration;
using WebUi.Client;
using WebUi.Components.Controls;
using WebUi.Stores;

namespace WebUi.Components.Pages;

/// <summary>All chains of the active configuration, live.</summary>
public sealed partial class Chains(CatalogStore catalog, ConfigurationStore configuration, RateStore rates)
    : LiveComponent
{
    private string _fault = "";

    protected override async Task OnInitializedAsync()
    {
        Watch(catalog, configuration, rates);
        try
        {
            await Task.WhenAll(catalog.LoadAsync(Gone), configuration.LoadAsync(Gone));
        }
        catch (ApiException fault)
        {
            _fault = fault.Message;
        }
    }

    private static string Facts(ChainDefinition chain)
    {
        string ports = chain.Ports.Count > 1
            ? $"inline between {chain.Ports[0]} and {chain.Ports[1]}"
            : chain.Ports.Count == 1 ? $"listens on {chain.Ports[0]}" : "has no port";
        string match = chain.Match.Length > 0
            ? $"takes flows that match “{chain.Match}”"
            : "takes every flow";
        string failure = chain.OnFault == OnFault.Open
            ? "passes packets when an NF fails"
            : "drops packets when an NF fails";
        return $"This chain {ports}, {match}, and {failure}.";
    }
}
