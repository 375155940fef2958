using System.Globalization;
using System.Text;
using Dataplane.Native.Vectorscan;

namespace Dataplane.Benchmarks.Traffic;

/// <summary>Literals of SQL injections and the like; pattern n has sid <see cref="FirstSid"/> + n.</summary>
/// <remarks>None is part of another, so that one planted attack is one match.</remarks>
public sealed class SignatureSet
{
    public const uint FirstSid = 9_000_000;

    /// <summary>As many as the experiments use.</summary>
    public const int CountDefault = 1_024;

    private static readonly CompositeFormat[] Forms =
    [
        .. new[]
        {
            "union+select+c{0:0000}+from+users--", "'+or+'sq{0:0000}'='sq{0:0000}",
            "xp_cmdshell('dir+{0:0000}')",
            ";drop+table+orders_{0:0000};", "sleep({0:0000})+and+'1'='1", "load_file('/etc/p{0:0000}')",
            "into+outfile+'/tmp/s{0:0000}.php'", "benchmark({0:0000}00,md5(1))",
            "information_schema.tables_{0:0000}", "waitfor+delay+'0:0:{0:0000}'",
            "char({0:0000},97,100)+admin", "group+by+c{0:0000}+having+1=1--",
            "order+by+{0:0000}+desc--+sqli", "exec+sp_executesql+n'{0:0000}'",
            "and+ascii(substr(pw,{0:0000},1))>64", "convert(int,@@version_{0:0000})--",
        }.Select(CompositeFormat.Parse),
    ];

    private readonly byte[][] _literals;

    public SignatureSet(int count = CountDefault) =>
        _literals = [.. Enumerable.Range(0, count).Select(Literal)];

    public int Count => _literals.Length;

    /// <summary>The bytes that a sid stands for.</summary>
    public ReadOnlySpan<byte> this[uint sid] => _literals[sid - FirstSid];

    /// <summary>All literals in one automaton.</summary>
    public PatternDatabase Compile(PatternMode mode)
    {
        Pattern[] patterns =
            [.. _literals.Select((bytes, i) => new Pattern(FirstSid + (uint)i, bytes, PatternOptions.None))];
        bool isMade = PatternDatabase.TryCompileLiterals(
            patterns, mode, out PatternDatabase? database, out PatternFault? fault);
        return isMade ? database! : throw new InvalidOperationException(fault!.Message);
    }

    /// <summary>The same as rules in Suricata's language, one a line.</summary>
    public string Rules()
    {
        var rules = new StringBuilder();
        for (int i = 0; i < _literals.Length; i++)
        {
            rules.Append(CultureInfo.InvariantCulture,
                $"alert tcp any any -> any any (msg:\"injection {i}\"; flow:established,to_server; ");
            rules.Append("content:\"");
            foreach (byte value in _literals[i])
            {
                if (char.IsAsciiLetterOrDigit((char)value))
                {
                    rules.Append((char)value);
                }
                else
                {
                    rules.Append(CultureInfo.InvariantCulture, $"|{value:x2}|");
                }
            }

            rules.Append(CultureInfo.InvariantCulture, $"\"; sid:{FirstSid + (uint)i}; rev:1;)\n");
        }

        return rules.ToString();
    }

    private static byte[] Literal(int number)
    {
        CompositeFormat form = Forms[number % Forms.Length];
        string text = string.Format(CultureInfo.InvariantCulture, form, number / Forms.Length);
        return Encoding.ASCII.GetBytes(text);
    }
}
