namespace WebUi.Stores;

/// <summary>The four ways an NF can move on the picture.</summary>
public enum ChainDirection
{
    Left,
    Right,
    Up,
    Down,
}
