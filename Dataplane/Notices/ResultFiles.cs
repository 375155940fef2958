using System.Text.Json;
using Dataplane.Inspection.Rules;

namespace Dataplane.Notices;

/// <summary>The files of <c>analyze</c> that are written once, at its end.</summary>
public static class ResultFiles
{
    public const string RejectedRules = "rejected-rules.json";
    public const string Summary = "summary.json";

    private const int LineBytesMax = 1024 * 1024;

    /// <summary>One line for each rule that did not load; empty when all did.</summary>
    public static void WriteRejectedRules(string folder, IEnumerable<RejectedRule> rules)
    {
        using RecordFile file = RecordFile.Create(Path.Combine(folder, RejectedRules));
        using var line = new JsonLine(LineBytesMax);
        foreach (RejectedRule rule in rules)
        {
            Utf8JsonWriter json = line.Begin();
            json.WriteString("file"u8, rule.File);
            json.WriteNumber("line"u8, rule.Line);
            json.WriteNumber("sid"u8, rule.Sid);
            json.WriteString("keyword"u8, rule.Keyword);
            json.WriteString("reason"u8, rule.Reason);
            file.Write(line.End());
        }
    }

    /// <summary>The figures of a run as one object.</summary>
    public static void WriteSummary(string folder, RunSummary summary)
    {
        using FileStream file = File.Create(Path.Combine(folder, Summary));
        using var json = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true });
        summary.Write(json);
        json.Flush();
        file.WriteByte((byte)'\n');
    }
}
