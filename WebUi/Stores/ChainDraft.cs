using System.Text.Json;
using ControlApi.Contract.Configuration;
using Dataplane.Contract.Configuration;
using WebUi.Client;

namespace WebUi.Stores;

/// <summary>
/// One chain being edited: every change can be undone, faults stay at their fields, and applying sends the
/// whole document with the revision it was made from.
/// </summary>
public sealed class ChainDraft(ApiClient api, TimeProvider time) : Store
{
    /// <summary>Changes that can be undone.</summary>
    public const int UndoMax = 200;
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(200);

    private readonly LinkedList<ChainDefinition> _undo = [];
    private readonly Stack<ChainDefinition> _redo = new();
    private ConfigurationDocument _base = new();
    private string _chainId = "";
    private int _chainIndex;

    /// <summary>The chain as edited; null when the document has none of that id.</summary>
    public ChainDefinition? Chain { get; private set; }

    public ConfigurationDocument Base => _base;

    public string BaseTag { get; private set; } = "";

    public IReadOnlyList<ConfigFault> Faults { get; private set; } = [];

    /// <summary>The last commit's operation; null before the first.</summary>
    public Operation? Outcome { get; private set; }

    public bool IsApplying { get; private set; }

    /// <summary>The chain as it is now was checked and has no fault.</summary>
    public bool IsChecked { get; private set; }

    /// <summary>Somebody else's revision became active while this draft has changes.</summary>
    public bool IsStale { get; private set; }

    public bool IsChanged => _undo.Count > 0;

    public bool CanRedo => _redo.Count > 0;

    /// <summary>The whole document with this chain as edited.</summary>
    public ConfigurationDocument Document => Chain is null
        ? _base
        : _base with { Chains = [.. _base.Chains.Select((chain, i) => i == _chainIndex ? Chain : chain)] };

    public void Open(string chainId, ConfigurationDocument document, string tag)
    {
        if (IsChanged && chainId == _chainId)
        {
            IsStale = tag != BaseTag;
            Say();
            return;
        }
        (_chainId, _base, BaseTag, IsStale, IsChecked) = (chainId, document, tag, false, false);
        _chainIndex = IndexOf(document, chainId);
        Chain = _chainIndex < 0 ? null : document.Chains[_chainIndex];
        _undo.Clear();
        _redo.Clear();
        Faults = [];
        Say();
    }

    public void Change(ChainDefinition changed)
    {
        if (Chain is null || ReferenceEquals(changed, Chain))
        {
            return;
        }
        _undo.AddLast(Chain);
        if (_undo.Count > UndoMax)
        {
            _undo.RemoveFirst();
        }
        _redo.Clear();
        Chain = changed;
        Outcome = null;
        IsChecked = false;
        Say();
    }

    public void Undo()
    {
        if (_undo.Last is { } last)
        {
            _redo.Push(Chain!);
            Chain = last.Value;
            _undo.RemoveLast();
            IsChecked = false;
            Say();
        }
    }

    public void Redo()
    {
        if (_redo.TryPop(out ChainDefinition? next))
        {
            _undo.AddLast(Chain!);
            Chain = next;
            IsChecked = false;
            Say();
        }
    }

    /// <summary>Throws the changes away and starts from this document.</summary>
    public void Discard(ConfigurationDocument document, string tag)
    {
        _undo.Clear();
        _redo.Clear();
        Faults = [];
        Outcome = null;
        Open(_chainId, document, tag);
    }

    /// <summary>Asks for every fault that applying would find; nothing changes on the appliance.</summary>
    public async Task CheckAsync(CancellationToken cancel)
    {
        Outcome = null;
        Faults = (await api.CheckAsync(Document, cancel)).Faults;
        IsChecked = Faults.Count == 0;
        Say();
    }

    /// <summary>Sends the document and waits until it is active, or refused with its faults.</summary>
    public async Task ApplyAsync(string note, CancellationToken cancel)
    {
        IsApplying = true;
        IsChecked = false;
        Faults = [];
        Outcome = null;
        Say();
        try
        {
            var commit = new CommitRequest
            {
                Note = note,
                Document = JsonSerializer.SerializeToElement(
                    Document, ConfigurationJson.Default.ConfigurationDocument),
            };
            Operation operation = await api.CommitAsync(commit, BaseTag, cancel);
            while (operation.State == OperationState.Running)
            {
                await Task.Delay(LookInterval, time, cancel);
                operation = await api.GetOperationAsync(operation.Id, cancel);
            }
            Outcome = operation;
            Faults = operation.Faults ?? [];
            if (operation.State == OperationState.Active)
            {
                _undo.Clear();
                _redo.Clear();
            }
        }
        catch (ApiException fault)
        {
            Faults = fault.Faults;
            IsStale = fault.Status == 412;
            throw;
        }
        finally
        {
            IsApplying = false;
            Say();
        }
    }

    /// <summary>Where an NF of this chain is in the document, as faults name it.</summary>
    public string PathOf(ChainEdits.Place place) =>
        FormattableString.Invariant($"/chains/{_chainIndex}/stages/{place.Stage}/nfs/{place.Index}");

    /// <summary>Faults at a path, or at anything below it.</summary>
    public IEnumerable<ConfigFault> FaultsBelow(string path) =>
        Faults.Where(
            fault => fault.Path == path || fault.Path.StartsWith(path + "/", StringComparison.Ordinal));

    /// <summary>Names of this chain's NFs that a fault points into.</summary>
    public IReadOnlySet<string> FaultyNfs()
    {
        var names = new HashSet<string>();
        for (int stage = 0; stage < Chain?.Stages.Count; stage++)
        {
            IReadOnlyList<NfDefinition> nfs = Chain.Stages[stage].Nfs;
            for (int index = 0; index < nfs.Count; index++)
            {
                if (FaultsBelow(PathOf(new ChainEdits.Place(stage, index))).Any())
                {
                    names.Add(nfs[index].Name);
                }
            }
        }
        return names;
    }

    private static int IndexOf(ConfigurationDocument document, string chainId)
    {
        for (int i = 0; i < document.Chains.Count; i++)
        {
            if (document.Chains[i].Id == chainId)
            {
                return i;
            }
        }
        return -1;
    }
}
