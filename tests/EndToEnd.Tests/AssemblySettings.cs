using Xunit.Sdk;
using Xunit.v3;

// Each class starts processes of its own on a small machine; two at once would time each other out.
[assembly: Parallelization(Mode = ParallelMode.None)]
