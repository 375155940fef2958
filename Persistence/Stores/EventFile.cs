using System.Globalization;

namespace Persistence.Stores;

/// <summary>One file of stored notices: its UTC day of arrival and its number within that day.</summary>
public readonly record struct EventFile(string Path, DateOnly Day, int Number) : IComparable<EventFile>
{
    private const string DayFormat = "yyyy-MM-dd";
    private const int DayChars = 10;

    public static EventFile In(string folder, DateOnly day, int number) => new(
        System.IO.Path.Combine(folder, string.Create(CultureInfo.InvariantCulture,
            $"{day.ToString(DayFormat, CultureInfo.InvariantCulture)}-{number:D2}.db")), day, number);

    /// <summary>The files of a folder, oldest first; anything else there is left alone.</summary>
    public static IReadOnlyList<EventFile> All(string folder)
    {
        var files = new List<EventFile>();
        if (Directory.Exists(folder))
        {
            foreach (string path in Directory.EnumerateFiles(folder, "*.db"))
            {
                string name = System.IO.Path.GetFileNameWithoutExtension(path);
                if (name.Length > DayChars + 1 && name[DayChars] == '-'
                    && DateOnly.TryParseExact(name[..DayChars], DayFormat, CultureInfo.InvariantCulture,
                        DateTimeStyles.None, out DateOnly day)
                    && int.TryParse(name[(DayChars + 1)..], NumberStyles.None, CultureInfo.InvariantCulture,
                        out int number))
                {
                    files.Add(new EventFile(path, day, number));
                }
            }
        }
        files.Sort();
        return files;
    }

    public int CompareTo(EventFile other) => (Day, Number).CompareTo((other.Day, other.Number));

    public static bool operator <(EventFile left, EventFile right) => left.CompareTo(right) < 0;

    public static bool operator >(EventFile left, EventFile right) => left.CompareTo(right) > 0;

    public static bool operator <=(EventFile left, EventFile right) => left.CompareTo(right) <= 0;

    public static bool operator >=(EventFile left, EventFile right) => left.CompareTo(right) >= 0;
}
