using WebUi.Client;

namespace WebUi.Components.Controls;

/// <summary>
/// Reads something again and again until its page is left; an answer that fails to come is skipped.
/// </summary>
public static class Polled
{
    public static async Task RunAsync(
        Func<CancellationToken, Task> read, TimeSpan interval, TimeProvider time, CancellationToken gone)
    {
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            do
            {
                try
                {
                    await read(gone);
                }
                catch (ApiAwayException)
                {
                    // The bar says that ControlApi is away; the last figures stay until it is back.
                }
            }
            while (await timer.WaitForNextTickAsync(gone));
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            // The reader left the page: nothing is to be read any more.
        }
    }
}
