using Dataplane.Events.Applications;

namespace Dataplane.Inspection.Verify;

/// <summary>Numbers the NF instances of one worker that take notes of transactions, so that those of one
/// chain do not write over each other's.</summary>
/// <remarks>Built on the control thread, with the NFs. More than
/// <see cref="AppTransaction.NoteTakerMax"/> in one chain would share.</remarks>
public sealed class NoteTakers
{
    private int _next;

    public int Take() => _next++ % AppTransaction.NoteTakerMax;
}
