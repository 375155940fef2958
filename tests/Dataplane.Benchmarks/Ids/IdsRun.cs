using System.Globalization;
using Dataplane.Benchmarks.Traffic;
using Dataplane.Contract.Configuration;
using Dataplane.Engine;
using Dataplane.Native.Vectorscan;
using Dataplane.Packets;

namespace Dataplane.Benchmarks.Ids;

/// <summary>All configurations over one set of traffic: first what they count, then what they cost.</summary>
public sealed class IdsRun : IDisposable
{
    private const int ExamplesMax = 3;

    private readonly TrafficSet _traffic;
    private readonly BenchPatterns _patterns;
    private readonly DetectionOracle _oracle;
    private readonly RuleSets _rules;
    private readonly uint _flowMax;
    private readonly List<(IdsConfiguration Configuration, ChainSubject Subject)> _bars = [];
    private readonly List<IDisposable> _disposables = [];

    /// <summary>Generates the traffic and makes a worker for each configuration.</summary>
    public IdsRun(TrafficOptions options)
    {
        var signatures = new SignatureSet();
        _traffic = new TrafficSet(options, signatures);
        _patterns = new BenchPatterns(
            signatures.Compile(PatternMode.Block), signatures.Compile(PatternMode.Streaming));
        _oracle = new DetectionOracle(_traffic);
        _rules = RulesOf(signatures);
        _flowMax = (uint)Math.Max(1_024, options.Flows * 2);
        Prediction = new IdsPrediction(_traffic, _oracle);
        foreach (IdsConfiguration configuration in IdsConfiguration.All(options.Kind))
        {
            _bars.Add((configuration, Subject(configuration.Stages)));
        }
    }

    /// <summary>What must be counted.</summary>
    public IdsPrediction Prediction { get; }

    public TrafficTruth Truth => _traffic.Truth;

    /// <summary>Runs each configuration once and holds its counts and alerts against the truth.</summary>
    public IReadOnlyList<(string Id, IdsCounts Counts, ReportCheck Check)> Verify()
    {
        var verified = new List<(string, IdsCounts, ReportCheck)>();
        foreach ((IdsConfiguration configuration, ChainSubject subject) in _bars)
        {
            _traffic.NextLoop();
            var counts = IdsCounts.Of(subject);
            verified.Add((configuration.Id, counts, Check(configuration, counts)));
        }

        return verified;
    }

    /// <summary>Measures all bars in turn; rows of costs, bars, models and gains.</summary>
    public void Measure(List<ReportRow> rows, List<ReportCheck> checks)
    {
        var verified = Verify();
        var runs = new Interleaved();
        foreach ((IdsConfiguration configuration, ChainSubject subject) in _bars)
        {
            runs.Add(configuration.Id, subject.Run, () => Prepare(subject));
        }

        Dictionary<string, IdsCounts> stack = AddStack(runs);
        AddShipped(runs, checks);
        AddDirect(runs);
        runs.Run();
        var costs = new IdsCosts(runs, stack);
        string traffic = TrafficFile.Describe(Truth);
        var found = new List<ReportRow>();
        var models = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach ((string id, IdsCounts counts, ReportCheck check) in verified)
        {
            models.Add(id, id.Contains(' ', StringComparison.Ordinal) ? 0 : costs.Predict(id, counts));
            AddBar(found, runs, models[id], id, counts);
            checks.Add(check with { Name = $"{_traffic.Name} {check.Name}" });
        }

        found.Add(runs.Nanoseconds("shipped"));
        found.AddRange(costs.Rows());
        AddGains(found, runs, models);
        rows.AddRange(found.Select(row => row with { Traffic = traffic }));
        checks.Add(runs.NothingAllocated() with { Name = $"{_traffic.Name} allocated" });
        checks.Add(runs.Load() with { Name = $"{_traffic.Name} machine" });
    }

    public void Dispose()
    {
        _bars.ForEach(bar => bar.Subject.Dispose());
        _disposables.ForEach(disposable => disposable.Dispose());
        _oracle.Dispose();
        _rules.Dispose();
        _patterns.Dispose();
        _traffic.Dispose();
    }

    private static void AddBar(
        List<ReportRow> rows, Interleaved runs, double model, string id, IdsCounts counts)
    {
        ReportRow row = runs.Nanoseconds(id);
        string note = model == 0 ? "" : string.Create(CultureInfo.InvariantCulture,
            $"model {model:0.#}, measured/model {row.Value / model:0.00}");
        rows.Add(row with { Note = note });
        rows.Add(ReportRow.Counted(
            $"{id} events", "PKT events a packet", (double)counts.PacketEvents / counts.Packets));
    }

    private static void AddGains(
        List<ReportRow> rows, Interleaved runs, Dictionary<string, double> models)
    {
        (string Fast, string Slow, string Note)[] gains =
        [
            ("C2", "C1", "the paper: 1.2"), ("C3", "C1", "the paper: 2.6"),
            ("C4", "C3", "the paper: about 5"),
            ("C2", "C1 double", "the double scan is the paper's reading"), ("C3", "C1 double", ""),
            ("C5", "C4", "the paper: 0.85; the aim 0.90"), ("C6", "C5", "the aim on T3: 2"),
            ("C5", "shipped", "the shipped NFs with the same patterns as rules"),
        ];
        foreach ((string fast, string slow, string note) in gains)
        {
            double over = models.GetValueOrDefault(slow);
            double under = models.GetValueOrDefault(fast);
            string bound = over == 0 || under == 0 ? ""
                : string.Create(CultureInfo.InvariantCulture, $"model {over / under:0.00}; ");
            rows.Add(runs.Gain(fast, slow) with { Note = bound + note });
        }
    }

    private ReportCheck Check(IdsConfiguration configuration, IdsCounts counts)
    {
        string id = configuration.Id;
        long? events = Prediction.PacketEvents(id);
        bool isCounted = events is null || events == counts.PacketEvents;
        IReadOnlyList<(int, uint)>? alerts = Prediction.Alerts(id);
        bool isFound = alerts is null
            ? id == "C1 double" || counts.Alerts.All(Prediction.All.Contains)
            : alerts.SequenceEqual(counts.Alerts);
        bool isWhole = counts.Drops == "none" && counts.Packets == Truth.Packets;
        int missed = Prediction.All.Except(counts.Alerts).Count();
        string text = $"{configuration.Text}; {counts}; {missed} of {Prediction.All.Count} attacks missed"
            + (isCounted ? "" : $"; {counts.PacketEvents} packet events, not {events}")
            + (isFound ? "" : $"; other alerts than planted: {Unlike(alerts ?? Prediction.All, counts)}");
        return new ReportCheck(id, isCounted && isFound && isWhole, text);
    }

    private string Unlike(IReadOnlyList<(int Flow, uint Sid)> planted, IdsCounts counts)
    {
        IReadOnlyList<(int Flow, uint Sid)> found = counts.Alerts;
        var missing = Truth.Attacks.Where(attack =>
            planted.Contains((attack.Flow, attack.Sid)) && !found.Contains((attack.Flow, attack.Sid)));
        return $"not {string.Join(", ", missing.Take(ExamplesMax))}, "
            + $"but {string.Join(", ", found.Except(planted).Take(ExamplesMax))}";
    }

    private ChainSubject Subject(string stages) =>
        new(_traffic.Store, stages, _rules, flowMax: _flowMax, own: _patterns);

    private void Prepare(ChainSubject subject)
    {
        _traffic.NextLoop();
        subject.Alerts.Forget();
    }

    private Dictionary<string, IdsCounts> AddStack(Interleaved runs)
    {
        var counts = new Dictionary<string, IdsCounts>(StringComparer.Ordinal);
        foreach (IdsConfiguration configuration in IdsConfiguration.OfStack())
        {
            ChainSubject subject = Subject(configuration.Stages);
            _disposables.Add(subject);
            counts.Add(configuration.Id, IdsCounts.Of(subject));
            runs.Add(configuration.Id, subject.Run, () => Prepare(subject));
        }

        return counts;
    }

    private void AddShipped(Interleaved runs, List<ReportCheck> checks)
    {
        ChainSubject subject = Subject("""
            {"nfs":[{"name":"dpi","kind":"dpi"},
                    {"name":"ids","kind":"signature-match",
                     "options":{"ruleSet":"bench","protocols":["HTTP"]}}]}
            """);
        _disposables.Add(subject);
        _traffic.NextLoop();
        subject.Alerts.Forget();
        _ = subject.Run();
        (int, uint)[] alerts = [.. subject.Alerts.Alerts.ToArray().Distinct().Order()];
        checks.Add(new ReportCheck(
            $"{_traffic.Name} shipped", alerts.SequenceEqual(Prediction.All),
            $"dpi and signature-match as shipped, the patterns as {_rules.LoadedCount} rules: alerts in "
            + $"{alerts.Length} flows, {Prediction.All.Count} planted"));
        runs.Add("shipped", subject.Run, () => Prepare(subject));
    }

    private void AddDirect(Interleaved runs)
    {
        // Prepared as the bars are, so that caches hold the same.
        DirectScan all = Scan(_ => true);
        DirectScan client = Scan(frame => frame.Sender == Side.Client);
        DirectScan http = Scan(frame => frame.Sender == Side.Client && _oracle.IsHttp[frame.Flow]);
        runs.Add("d client", _oracle.FeedClient, _traffic.NextLoop);
        runs.Add("d all", _oracle.FeedAll, _traffic.NextLoop);
        runs.Add("g all", all.Packets, _traffic.NextLoop);
        runs.Add("g client", client.Packets, _traffic.NextLoop);
        runs.Add("g http", http.Packets, _traffic.NextLoop);
        runs.Add("g stream", http.Streams, _traffic.NextLoop);
    }

    private DirectScan Scan(Predicate<TrafficFrame> isScanned)
    {
        var scan = new DirectScan(_traffic, _patterns, isScanned);
        _disposables.Add(scan);
        return scan;
    }

    private static RuleSets RulesOf(SignatureSet signatures)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, signatures.Rules());
            var document = new ConfigurationDocument
            {
                RuleSets = [new RuleSetDefinition { Id = "bench", Files = [file] }],
            };
            var faults = new List<ConfigFault>();
            var rules = RuleSets.Load(document, ".", new Dictionary<string, string>(), faults);
            return faults.Count == 0 && rules.Rejected.Count == 0 ? rules
                : throw new InvalidOperationException(string.Join(
                    '\n', [.. faults.Select(f => f.Message), .. rules.Rejected.Select(r => r.Reason)]));
        }
        finally
        {
            File.Delete(file);
        }
    }
}
