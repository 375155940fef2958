using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Runtime.InteropServices;
using Dataplane.Chains;
using Dataplane.Events;

namespace FaultyFunctions;

/// <summary>Misbehaves at each UDP datagram to one port, and lets all others pass.</summary>
[Profile(Reads = PacketFields.Ports)]
[NetworkFunction("faulty", PacketAccess.Read, Title = "Faulty")]
[Subscribes("datagrams", typeof(UdpPacket))]
public sealed class Faulty(Faulty.Options options) : INetworkFunction, IHandle<UdpPacket>
{
    /// <summary>What a test may set.</summary>
    public sealed record Options
    {
        [Range(1, 65_535), Description("Datagrams to this port make it misbehave.")]
        public int Port { get; init; } = 7_001;

        [RegularExpression("^(throw|spin|wait|abort)$")]
        [Description("It throws, spins for ever, waits for ever, or ends the process from native code.")]
        public string How { get; init; } = "throw";
    }

    public Verdict Handle(in Event<UdpPacket> e, NfContext context)
    {
        if (e.Body.DestinationPort == options.Port)
        {
            Misbehave();
        }

        return Verdict.Pass;
    }

    private void Misbehave()
    {
        switch (options.How)
        {
            case "spin":
                while (true)
                {
                    Thread.SpinWait(1_000);
                }

            case "wait":
                Thread.Sleep(Timeout.Infinite);
                break;
            case "abort":
                nint abort = NativeLibrary.GetExport(NativeLibrary.Load("libc.so.6"), "abort");
                Marshal.GetDelegateForFunctionPointer<Action>(abort)();
                break;
            default:
                throw new InvalidOperationException($"Told to throw at port {options.Port}.");
        }
    }
}
