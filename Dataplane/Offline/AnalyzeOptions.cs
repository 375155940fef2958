using Dataplane.Contract.Configuration;

namespace Dataplane.Offline;

/// <summary>What <c>analyze</c> was asked to do.</summary>
public sealed record AnalyzeOptions
{
    /// <summary>How to call it.</summary>
    public const string Usage =
        """
        usage: appliance analyze CAPTURE --out DIR [--chain FILE] [--rules FILE]... [--home-net CIDR,...]
                                 [--outputs eve,tcp,flows] [--stream-hashes] [--live-timeouts]
                                 [--acceptance capture|receiver]

          CAPTURE          a pcap or pcapng file
          --out DIR        where the result files go; made when missing
          --chain FILE     a configuration document instead of the built-in IDS chain; the capture takes
                           the place of its ports
          --rules FILE     rules in Suricata's syntax; may be given several times
          --home-net LIST  the rules' HOME_NET (default 192.168.0.0/16,10.0.0.0/8,172.16.0.0/12)
          --outputs LIST   which of eve, tcp, flows to write (default: all)
          --stream-hashes  hash each side's reassembled bytes in tcp.json
          --live-timeouts  end idle flows as the daemon does instead of at the end of the capture
          --acceptance WORD  receiver: TCP segments that their receiver would not take change nothing, as in
                           live traffic; capture: all count (default: what the document says, else capture)
        """;

    public required string Capture { get; init; }

    public required string OutputFolder { get; init; }

    public string? ChainFile { get; init; }

    public IReadOnlyList<string> RuleFiles { get; init; } = [];

    public string? HomeNet { get; init; }

    public bool WritesEve { get; init; } = true;

    public bool WritesTcp { get; init; } = true;

    public bool WritesFlows { get; init; } = true;

    public bool HasStreamHashes { get; init; }

    public bool HasLiveTimeouts { get; init; }

    /// <summary>Instead of what the document says.</summary>
    public AcceptanceRule? Acceptance { get; init; }

    /// <summary>Reads the words of the command line; a fault is one sentence.</summary>
    public static bool TryParse(IReadOnlyList<string> words, out AnalyzeOptions? options, out string? fault)
    {
        var parser = new Parser(words);
        fault = parser.Read();
        options = fault is null ? parser.Options : null;
        return fault is null;
    }

    private sealed class Parser(IReadOnlyList<string> words)
    {
        private readonly List<string> _rules = [];
        private string? _capture;
        private string? _out;
        private string? _chain;
        private string? _homeNet;
        private string[] _outputs = ["eve", "tcp", "flows"];
        private bool _hashes;
        private bool _liveTimeouts;
        private AcceptanceRule? _acceptance;
        private int _at;

        public AnalyzeOptions Options => new()
        {
            Capture = _capture!,
            OutputFolder = _out!,
            ChainFile = _chain,
            RuleFiles = _rules,
            HomeNet = _homeNet,
            WritesEve = _outputs.Contains("eve"),
            WritesTcp = _outputs.Contains("tcp"),
            WritesFlows = _outputs.Contains("flows"),
            HasStreamHashes = _hashes,
            HasLiveTimeouts = _liveTimeouts,
            Acceptance = _acceptance,
        };

        public string? Read()
        {
            while (_at < words.Count)
            {
                string? fault = ReadOne(words[_at++]);
                if (fault is not null)
                {
                    return fault;
                }
            }

            if (_capture is null)
            {
                return "analyze needs a capture: name a pcap or pcapng file.";
            }

            return _out is null ? "analyze needs --out DIR: the folder for its result files." : null;
        }

        private string? ReadOne(string word)
        {
            switch (word)
            {
                case "--out":
                    return TryValue(word, out _out);
                case "--chain":
                    return TryValue(word, out _chain);
                case "--home-net":
                    return TryValue(word, out _homeNet);
                case "--rules":
                    string? fault = TryValue(word, out string? file);
                    _rules.Add(file ?? "");
                    return fault;
                case "--outputs":
                    return ReadOutputs(word);
                case "--stream-hashes":
                    _hashes = true;
                    return null;
                case "--live-timeouts":
                    _liveTimeouts = true;
                    return null;
                case "--acceptance":
                    return ReadAcceptance(word);
                default:
                    return ReadCapture(word);
            }
        }

        private string? ReadCapture(string word)
        {
            if (word.StartsWith("--", StringComparison.Ordinal))
            {
                return $"analyze has no option {word}; see analyze --help.";
            }

            if (_capture is not null)
            {
                return $"analyze reads one capture at a time; {word} is the second.";
            }

            _capture = word;
            return null;
        }

        private string? ReadAcceptance(string word)
        {
            string? fault = TryValue(word, out string? rule);
            _acceptance = rule switch
            {
                "capture" => AcceptanceRule.Capture,
                "receiver" => AcceptanceRule.Receiver,
                _ => null,
            };
            return fault ?? (_acceptance is null
                ? $"--acceptance takes capture or receiver; {rule} is neither."
                : null);
        }

        private string? ReadOutputs(string word)
        {
            string? fault = TryValue(word, out string? list);
            if (fault is not null)
            {
                return fault;
            }

            _outputs = list!.Split(',',
                StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            string? unknown = Array.Find(_outputs, o => o is not ("eve" or "tcp" or "flows"));
            return unknown is null ? null : $"--outputs knows eve, tcp and flows, not {unknown}.";
        }

        private string? TryValue(string word, out string? value)
        {
            value = _at < words.Count ? words[_at++] : null;
            return value is null ? $"{word} needs a value behind it." : null;
        }
    }
}
