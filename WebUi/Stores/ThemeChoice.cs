namespace WebUi.Stores;

/// <summary>What a reader chose: the system's colours, or always one of the two.</summary>
public enum ThemeChoice
{
    System,
    Light,
    Dark,
}
