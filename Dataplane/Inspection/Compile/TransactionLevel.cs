using Dataplane.Events.Applications;

namespace Dataplane.Inspection.Compile;

/// <summary>The rules that can be decided once a transaction has come as far as
/// <see cref="Level"/>.</summary>
public sealed class TransactionLevel : IDisposable
{
    private readonly ViewLiterals[] _views;
    private readonly int[] _always;

    internal TransactionLevel(AppProgress level, CompiledRule[] rules)
    {
        Level = level;
        _always = [.. rules.Where(r => r.ApplicationView is null).Select(r => r.Index)];
        _views =
        [
            .. rules.Where(r => r.ApplicationView is not null).GroupBy(r => r.ApplicationView!)
                .Select(g => new ViewLiterals(g.Key, LiteralIndex.Build(g, r => r.ApplicationPattern))),
        ];
    }

    public AppProgress Level { get; }

    /// <summary>The buffers to scan for literals.</summary>
    public ReadOnlySpan<ViewLiterals> Views => _views;

    /// <summary>Rules that no literal announces.</summary>
    public ReadOnlySpan<int> Always => _always;

    public void Dispose()
    {
        foreach (ViewLiterals view in _views)
        {
            view.Literals.Dispose();
        }
    }
}
