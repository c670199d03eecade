namespace Conveyor.Fast.Tests.Repository;

public class SourceRulesTests
{
    private static readonly IReadOnlyList<SourceFile> s_library = SourceFile.OfLibrary();

    [Fact]
    public void Library_Folders_AreTheStagesOfAJobsWay() => AssertKept(SourceRules.UnknownFolders(s_library));

    [Fact]
    public void Library_StageFolders_UseOnlyLaterOnes() => AssertKept(SourceRules.UpwardUses(s_library));

    [Fact]
    public void Library_Atomics_StandInThreadingOnly() => AssertKept(SourceRules.StrayAtomics(s_library));

    [Fact]
    public void Library_NeverSleepsNorStartsThreadsOutsideDispatch() => AssertKept(SourceRules.Banned(s_library));

    [Fact]
    public void Library_Files_HaveOneTopLevelType() => AssertKept(SourceRules.NotOneType(s_library));

    [Fact]
    public void Library_Namespaces_AreTheFolders() => AssertKept(SourceRules.WrongNamespaces(s_library));

    [Fact]
    public void Library_StageFolders_HaveNoPublicType() => AssertKept(SourceRules.PublicMachinery(s_library));

    [Fact]
    public void Library_OrderTags_StandAtBothEnds() => AssertKept(SourceRules.UnpairedTags(s_library));

    [Fact]
    public void Tests_NeverSleep() => AssertKept(SourceRules.Sleeps(SourceFile.OfTests()));

    [Fact]
    public void Tests_Files_HaveOneTopLevelType() => AssertKept(SourceRules.NotOneType(SourceFile.OfTests()));

    [Theory]
    [InlineData("src/Conveyor.Fast/Helpers/Thing.cs")]
    public void UnknownFolders_OfAFolderThatIsNoStage_IsSeen(string path) =>
        AssertBroken(SourceRules.UnknownFolders, path, "namespace Conveyor.Fast.Helpers; internal class Thing;");

    [Theory]
    [InlineData("using Conveyor.Fast.Dispatch; namespace Conveyor.Fast.Jobs; internal class Thing;")]
    [InlineData("using static Conveyor.Fast.Flows.Ending; namespace Conveyor.Fast.Jobs; internal class Thing;")]
    [InlineData("namespace Conveyor.Fast.Jobs; internal class Thing { private Execution.JobRun _run; }")]
    [InlineData("namespace Conveyor.Fast.Jobs; internal class Thing { private Conveyor.Fast.Admission.Engine _engine; }")]
    public void UpwardUses_OfAnEarlierFolder_IsSeen(string text) => AssertBroken(SourceRules.UpwardUses, "src/Conveyor.Fast/Jobs/Thing.cs", text);

    [Theory]
    [InlineData("namespace Conveyor.Fast.Jobs; internal class Thing { private int _n; private void Up() => Interlocked.Increment(ref _n); }")]
    [InlineData("namespace Conveyor.Fast.Jobs; internal class Thing { private int _n; private int Read() => System.Threading.Volatile.Read(ref _n); }")]
    [InlineData("namespace Conveyor.Fast.Jobs; internal class Thing { private volatile int _n; }")]
    [InlineData("using static System.Threading.Interlocked; namespace Conveyor.Fast.Jobs; internal class Thing { private int _n; private void Up() => Increment(ref _n); }")]
    public void StrayAtomics_OutsideOfThreading_IsSeen(string text) => AssertBroken(SourceRules.StrayAtomics, "src/Conveyor.Fast/Jobs/Thing.cs", text);

    [Theory]
    [InlineData("Thread.Sleep(1)")]
    [InlineData("Task.Delay(1)")]
    [InlineData("Task.Run(Go)")]
    [InlineData("new Thread(Go)")]
    public void Banned_Calls_AreSeen(string call) =>
        AssertBroken(SourceRules.Banned, "src/Conveyor.Fast/Jobs/Thing.cs", $"namespace Conveyor.Fast.Jobs; internal class Thing {{ private object Go() => {call}; }}");

    [Fact]
    public void Banned_AsyncVoid_IsSeen() =>
        AssertBroken(SourceRules.Banned, "src/Conveyor.Fast/Dispatch/Thing.cs", "namespace Conveyor.Fast.Dispatch; internal class Thing { private async void Go() { } }");

    [Fact]
    public void Sleeps_OfATest_AreSeen() =>
        AssertBroken(SourceRules.Sleeps, "tests/Conveyor.Fast.Tests/Jobs/ThingTests.cs", "namespace Conveyor.Fast.Tests.Jobs; public class ThingTests { public void Go() => Thread.Sleep(1); }");

    [Fact]
    public void Sleeps_InACommentOrAText_AreNone() =>
        Assert.Empty(SourceRules.Banned([new SourceFile("src/Conveyor.Fast/Jobs/Thing.cs", "namespace Conveyor.Fast.Jobs; internal class Thing; // not Thread.Sleep(1)")]));

    [Theory]
    [InlineData("namespace Conveyor.Fast.Jobs; internal class One; internal class Two;")]
    [InlineData("namespace Conveyor.Fast.Jobs; internal class One; internal delegate void Two();")]
    [InlineData("namespace Conveyor.Fast.Jobs;")]
    public void NotOneType_OfAnotherNumber_IsSeen(string text) => AssertBroken(SourceRules.NotOneType, "src/Conveyor.Fast/Jobs/One.cs", text);

    [Fact]
    public void WrongNamespaces_OfAFileInAnotherFolder_IsSeen() =>
        AssertBroken(SourceRules.WrongNamespaces, "src/Conveyor.Fast/Jobs/Thing.cs", "namespace Conveyor.Fast.Flows; internal class Thing;");

    [Fact]
    public void PublicMachinery_InAStageFolder_IsSeen() =>
        AssertBroken(SourceRules.PublicMachinery, "src/Conveyor.Fast/Jobs/Thing.cs", "namespace Conveyor.Fast.Jobs; public struct Thing;");

    [Fact]
    public void UnpairedTags_AtOneEnd_AreSeen() =>
        AssertBroken(SourceRules.UnpairedTags, "src/Conveyor.Fast/Jobs/Thing.cs", "namespace Conveyor.Fast.Jobs; internal class Thing; // HB-99 release");

    private static void AssertKept(IEnumerable<string> broken) => Assert.True(!broken.Any(), string.Join(Environment.NewLine, broken));

    private static void AssertBroken(Func<IEnumerable<SourceFile>, IEnumerable<string>> rule, string path, string text) =>
        Assert.NotEmpty(rule([new SourceFile(path, text)]));
}
