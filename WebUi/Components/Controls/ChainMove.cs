using WebUi.Stores;

namespace WebUi.Components.Controls;

/// <summary>
/// An NF shall move by one: left or right to the neighbour stage, up or down within its stage.
/// </summary>
public sealed record ChainMove(string Nf, ChainDirection Direction);
