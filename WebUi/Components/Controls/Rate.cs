using System.Globalization;

namespace WebUi.Components.Controls;

/// <summary>Rates and counts in the form that people read: 340 k/s, 1.2 Gb/s.</summary>
public static class Rate
{
    private const int WordMin = 4;
    private static readonly string[] Prefixes = ["", "k", "M", "G", "T", "P"];
    private static readonly string[] SmallPrefixes = ["", "m", "µ", "n"];

    /// <summary>Three significant digits and an SI prefix; a thin space between number and unit.</summary>
    public static string Text(double? value, string unit)
    {
        if (value is not { } amount || !double.IsFinite(amount))
        {
            return "–";
        }
        int step = 0;
        double scaled = Math.Abs(amount);
        while (scaled >= 999.5 && step < Prefixes.Length - 1)
        {
            scaled /= 1000;
            step++;
        }
        string form = scaled switch
        {
            >= 99.95 => "0",
            >= 9.995 => "0.#",
            _ => "0.##",
        };
        string sign = amount < 0 ? "−" : "";
        string number = sign + scaled.ToString(form, CultureInfo.InvariantCulture);
        // A word is no SI unit: 4.56 k events/s, but 4.56 kp/s.
        string gap = unit.Length > WordMin && step > 0 ? "\u202f" : "";
        string suffix = Prefixes[step] + gap + unit;
        return suffix.Length == 0 ? number : number + "\u202f" + suffix;
    }

    /// <summary>The same for small amounts: 12.5 ms, 340 ns.</summary>
    public static string Small(double value, string unit)
    {
        int step = 0;
        while (value > 0 && value < 0.9995 && step < SmallPrefixes.Length - 1)
        {
            value *= 1000;
            step++;
        }
        return Text(value, SmallPrefixes[step] + unit);
    }

    public static string Count(double? value) => Text(value, "");

    /// <summary>Bytes with binary-free SI prefixes, as network tools print them.</summary>
    public static string Bytes(double? value) => Text(value, "B");
}
