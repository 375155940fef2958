using Dataplane.Packets;

namespace Dataplane.Tests.Stacks.Applications;

/// <summary>Fuzz targets: mutated dialogues, cut and lost at random, through each parser.</summary>
/// <remarks>The number of executions of each is that of FUZZ_EXECUTIONS, or a small one; the first seed that
/// of FUZZ_SEED. A failure names the seed that gives it again.</remarks>
public sealed class AppFuzzTests
{
    private const int ExecutionsByDefault = 3_000;
    private const int MutationMax = 6;
    private const int CleanEvery = 64;

    public static TheoryData<string> Parsers => [.. AppSeeds.ByName.Keys];

    [Theory, MemberData(nameof(Parsers))]
    public void Hostile_bytes_never_throw_and_everything_goes_back(string parser)
    {
        (ushort port, IReadOnlyList<(Side Side, byte[] Bytes)[]> seeds) = AppSeeds.ByName[parser];
        int executions = Number("FUZZ_EXECUTIONS", ExecutionsByDefault);
        int first = Number("FUZZ_SEED", 1);
        using var bench = new AppBench(port);
        for (int i = 0; i < executions; i++)
        {
            int seed = first + i;
            try
            {
                Run(bench, seeds, new Random(seed));
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                Assert.Fail($"Seed {seed} of {parser}: {error}");
            }
            if (i % CleanEvery == 0)
            {
                Assert.Equal((0L, 0), (bench.Stack.Bytes.UsedBytes, bench.Stack.FollowedCount));
            }
        }
    }

    private static int Number(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), out int number) ? number : otherwise;

    private static void Run(
        AppBench bench, IReadOnlyList<(Side Side, byte[] Bytes)[]> seeds, Random random)
    {
        (Side Side, byte[] Bytes)[] dialogue = seeds[random.Next(seeds.Count)];
        foreach ((Side side, byte[] bytes) in dialogue)
        {
            byte[] mutated = Mutate(bytes, seeds, random);
            int at = 0;
            while (at < mutated.Length)
            {
                int count = Math.Min(mutated.Length - at, random.Next(4) == 0 ? random.Next(1, 20) : 1_460);
                bench.Send(random.Next(50) == 0 ? side.Other() : side, mutated.AsSpan(at, count));
                at += count;
                if (random.Next(100) == 0)
                {
                    bench.Lose(side, (uint)random.Next(1, 2_000));
                }
            }
            if (random.Next(20) == 0)
            {
                bench.End(side);
            }
        }
        bench.FinishUnread();
        bench.Begin();
    }

    private static byte[] Mutate(
        byte[] bytes, IReadOnlyList<(Side Side, byte[] Bytes)[]> seeds, Random random)
    {
        var mutated = new List<byte>(bytes);
        for (int i = random.Next(MutationMax); i > 0 && mutated.Count > 0; i--)
        {
            int at = random.Next(mutated.Count);
            int count = Math.Min(random.Next(1, 64), mutated.Count - at);
            switch (random.Next(6))
            {
                case 0:
                    mutated[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    mutated[at] = (byte)random.Next(256);
                    break;
                case 2:
                    mutated.RemoveRange(at, count);
                    break;
                case 3:
                    mutated.InsertRange(at, mutated.GetRange(at, count));
                    break;
                case 4:
                    (Side, byte[] Bytes)[] other = seeds[random.Next(seeds.Count)];
                    byte[] donor = other[random.Next(other.Length)].Bytes;
                    mutated.InsertRange(at, donor.AsSpan(random.Next(donor.Length)).ToArray());
                    break;
                default:
                    mutated.InsertRange(at, Enumerable.Repeat(mutated[at], random.Next(1, 3_000)));
                    break;
            }
        }
        return [.. mutated];
    }
}
