namespace Conveyor.Fast.Concurrency.Tests.Simulation;

/// <summary>What simulations have found, shrunk.</summary>
public class KeptSeeds
{
    /// <summary>An end that a loop had kept back was counted as one after the job whose own bound came into use later.</summary>
    [Fact]
    public void JobWithABoundOfItsOwn_FirstOfItsQueue_GoesByWhatEndedAfterIt() => AssertAgree(new Story(
        new StorePlan(new WorkerPlan("a", 1), new WorkerPlan("b", 2), new WorkerPlan("c", 1)) { KeepCompleted = 2 },
        [
            new Operation.Add(AddWay.Throw, new JobPlan("j82", "b") { Runs = [new(RunEnd.Unrecoverable)] }, new JobPlan("j83", "b") { KeepFailed = 2, Runs = [new(RunEnd.Unrecoverable)] }, new JobPlan("j84", "b") { Runs = [new(RunEnd.Suspend)] }),
            new Operation.Pump(),
            new Operation.Finish("j84", RunEnd.Unrecoverable),
        ]));

    /// <summary>Of two parents that had to go at once the younger one went first, and its child was kept longest.</summary>
    [Fact]
    public void ParentsThatGoTogether_LetTheirChildrenGo_InTheOrderOfTheirEnds() => AssertAgree(new Story(
        new StorePlan(new WorkerPlan("a", 1), new WorkerPlan("b", 1), new WorkerPlan("c", 1)) { KeepCompleted = 2, KeepFailed = 2 },
        [
            new Operation.AddFlow(AddWay.Throw, new JobPlan("j26", "c") { Children = [new("j27", "a") { Runs = [new(RunEnd.Unrecoverable)] }] }, new JobPlan("j79", "a") { Children = [new("j80", "c") { Runs = [new(RunEnd.Suspend)] }] }),
            new Operation.AddFlow(AddWay.Throw, new JobPlan("j88", "c") { Children = [new("j96", "a") { Children = [new("j99", "a") { Runs = [new(RunEnd.Unrecoverable)] }] }] }),
            new Operation.AddFlow(AddWay.Throw, new JobPlan("j133", "c") { Children = [new("j134", "b") { Policy = ChildFailurePolicy.Remove, Children = [new("j138", "c")] }] }),
            new Operation.Pump(),
            new Operation.Add(AddWay.Throw, new JobPlan("j141", "a") { Runs = [new(RunEnd.Throw)] }),
            new Operation.Cancel("j138", null, false),
            new Operation.Pump(1),
        ]));

    /// <summary>A child with a bound of zero counted twice when its parent was evicted by its end.</summary>
    [Fact]
    public void ChildRemovedAtOnce_WhoseEndEvictsItsParent_CountsOnce() => AssertAgree(new Story(
        new StorePlan(new WorkerPlan("a", 1), new WorkerPlan("b", 1), new WorkerPlan("c", 2)) { KeepFailed = 3, Lifo = true },
        [
            new Operation.AddFlow(AddWay.Try, new JobPlan("j24", "c") { Policy = ChildFailurePolicy.Remove, Children = [new("j27", "a") { KeepFailed = 1, Children = [new("j28", "a") { KeepFailed = 0, Children = [new("j29", "c") { Runs = [new(RunEnd.Unrecoverable)] }] }, new("j31", "c") { Children = [new("j34", "b") { Attempts = 3, Runs = [new(RunEnd.Throw)] }] }] }, new("j35", "c")] }),
            new Operation.Pump(2),
            new Operation.AddFlow(AddWay.Try, new JobPlan("j38", "a") { Children = [new("j52", "c") { Children = [new("j54", "c") { Children = [new("j55", "c") { Children = [new("j59", "a") { Runs = [new(RunEnd.Unrecoverable)] }] }, new("j60", "b") { Priority = 100 }] }] }] }),
            new Operation.Pump(),
        ]));

    /// <summary>A free loop went on below a lowered limit while another one above it still ran.</summary>
    [Fact]
    public void Concurrency_LoweredBelowWhatRuns_StartsNothingUntilEnoughHaveEnded() => AssertAgree(new Story(
        new StorePlan(new WorkerPlan("a", 1), new WorkerPlan("b", 1), new WorkerPlan("c", 1)),
        [
            new Operation.Add(AddWay.Throw, new JobPlan("j1", "b") { Priority = 2147483647 }, new JobPlan("j2", "b") { Runs = [new(RunEnd.Suspend)] }, new JobPlan("j4", "b") { Runs = [new(RunEnd.Suspend)] }),
            new Operation.SetConcurrency(1, 2),
            new Operation.Pump(3),
            new Operation.SetConcurrency(1, 1),
            new Operation.Finish("j2", RunEnd.Unrecoverable),
            new Operation.Pump(2),
        ]));

    /// <summary>A parent that was retried after it had let a removed child go still read it while that child's own child ran.</summary>
    [Fact]
    public void RemovedChild_ThatACompletedParentHasLetGo_IsGoneForItsNextLife() => AssertAgree(new Story(
        new StorePlan(new WorkerPlan("a", 1), new WorkerPlan("b", 1), new WorkerPlan("c", 1), new WorkerPlan("b", 1)) { KeepFailed = 0, Capacity = 6 },
        [
            new Operation.AddFlow(AddWay.Throw, new JobPlan("j95", "b") { Children = [new("j97", "c") { Children = [new("j98", "b") { Policy = ChildFailurePolicy.Ignore, Children = [new("j100", "c") { Children = [new("j105", "b") { Runs = [new(RunEnd.Value, new Operation.Cancel("j100", null, true))] }, new("j108", "a") { Runs = [new(RunEnd.Suspend)] }] }] }] }] }),
            new Operation.Pump(3),
            new Operation.Retry("j98", true),
            new Operation.Pump(2),
        ]));

    /// <summary>A custom backoff that answered at once kept its job active, and its place taken, until the next pump.</summary>
    [Fact]
    public void CustomBackoff_ThatAnswersAtOnce_FreesTheSlotInTheSameStep() => AssertAgree(new Story(
        new StorePlan(new WorkerPlan("a", 1), new WorkerPlan("b", 1), new WorkerPlan("c", 1)),
        [
            new Operation.Add(AddWay.Throw, new JobPlan("j1", "a") { Attempts = 2, Backoff = 5, Custom = CustomBackoff.Minutes, Runs = [new(RunEnd.Throw)] }),
            new Operation.Pump(1),
        ]));

    /// <summary>The handlers of a closed worker did not count as suspended, so that a pump did not wait for them.</summary>
    [Fact]
    public void ClosedWorker_WhoseHandlerAwaits_CountsAsSuspended() => AssertAgree(new Story(
        new StorePlan(new WorkerPlan("a", 1), new WorkerPlan("b", 1), new WorkerPlan("c", 1)),
        [
            new Operation.Add(AddWay.Throw, new JobPlan("j15", "a") { Runs = [new(RunEnd.Suspend)] }),
            new Operation.Pump(),
            new Operation.Close(0),
            new Operation.Pump(2),
            new Operation.Finish("j15", RunEnd.Value),
        ]));

    /// <summary>A place that a handler had opened was used a round later only, after other workers' turns.</summary>
    [Fact]
    public void Concurrency_RaisedByAHandler_CountsInTheSameTurn() => AssertAgree(new Story(
        new StorePlan(new WorkerPlan("a", 1), new WorkerPlan("b", 1), new WorkerPlan("c", 1)),
        [
            new Operation.Add(AddWay.Throw, new JobPlan("j1", "a") { Runs = [new(RunEnd.Suspend, new Operation.SetConcurrency(0, 2))] }, new JobPlan("j2", "a")),
            new Operation.Add(AddWay.Throw, new JobPlan("j3", "b")),
            new Operation.Pump(2),
        ]));

    /// <summary>A parent that became ready was told of before the end of its child that had attached to the job that ended.</summary>
    [Fact]
    public void EndOfAParentThatAttached_ComesBeforeThePromotionThatFollowsFromIt() => AssertAgree(new Story(
        new StorePlan(new WorkerPlan("a", 1), new WorkerPlan("b", 1), new WorkerPlan("c", 1)),
        [
            new Operation.Listen(true),
            new Operation.Add(AddWay.Throw, new JobPlan("j1", "c") { Key = "k", Runs = [new(RunEnd.Throw)] }),
            new Operation.AddFlow(AddWay.Throw, new JobPlan("j2", "b") { Policy = ChildFailurePolicy.Ignore, Children = [new("j3", "b") { Children = [new("j4", "c") { Key = "k" }] }] }),
            new Operation.Pump(1),
        ]));

    /// <summary>Whether a shared job went with a cancel hung on how far below the canceled job it was.</summary>
    [Fact]
    public void SharedJob_WhoseOtherParentFailsByTheCancel_GoesWithIt() => AssertAgree(new Story(
        new StorePlan(new WorkerPlan("a", 1), new WorkerPlan("b", 1), new WorkerPlan("c", 1)),
        [
            new Operation.AddFlow(AddWay.Throw, new JobPlan("j1", "b") { Children = [new("j2", "a") { Key = "k" }, new("j3", "b") { Children = [new("j4", "c") { Children = [new("j5", "a") { Key = "k" }] }] }] }),
            new Operation.Cancel("j4", null, true),
        ]));

    /// <summary>The end of a job counted as one after that of a parent that had attached to it and failed by it.</summary>
    [Fact]
    public void ParentThatAttached_IsKeptLongerThanTheJobItFailedBy() => AssertAgree(new Story(
        new StorePlan(new WorkerPlan("a", 1), new WorkerPlan("b", 1), new WorkerPlan("c", 1)) { KeepFailed = 1 },
        [
            new Operation.Add(AddWay.Throw, new JobPlan("j1", "a") { Key = "k", KeepFailed = 0, Runs = [new(RunEnd.Throw)] }),
            new Operation.AddFlow(AddWay.Throw, new JobPlan("j2", "a") { Children = [new("j3", "a") { Key = "k" }] }),
            new Operation.Pump(1),
        ]));

    /// <summary>What a job's own backoff took before it answered was missing in the times recorded after it.</summary>
    [Fact]
    public void CustomBackoff_ThatTakesItsTime_IsOverWhenTheAttemptEnds() => AssertAgree(new Story(
        new StorePlan(new WorkerPlan("a", 2), new WorkerPlan("b", 3), new WorkerPlan("c", 1)),
        [
            new Operation.AddFlow(AddWay.Async, new JobPlan("j7", "a") { Children = [new("j9", "c") { Attempts = 3, Custom = CustomBackoff.Dawdles, Runs = [new(RunEnd.Throw)] }] }),
            new Operation.Pump(2),
        ]));

    /// <summary>Of two runs that were over their limits the one of the first worker was ended first.</summary>
    [Fact]
    public void TimeLimits_OverInOneStep_EndRunsInOrderOfDueTime() => AssertAgree(new Story(
        new StorePlan(new WorkerPlan("a", 1), new WorkerPlan("b", 1), new WorkerPlan("c", 1)) { KeepCompleted = 1, KeepFailed = 0 },
        [
            new Operation.Listen(true),
            new Operation.AddWorker(new WorkerPlan("c", 2) { AbandonAfter = 2 }),
            new Operation.AddFlow(AddWay.Async, new JobPlan("j14", "c") { Children = [new("j15", "c") { Children = [new("j17", "c") { Runs = [new(RunEnd.Suspend)] }, new("j31", "c") { TimeLimit = 4, Runs = [new(RunEnd.Suspend)] }] }, new("j35", "b") { Children = [new("j39", "b") { Children = [new("j40", "a") { Attempts = 3, Runs = [new(RunEnd.Throw), new(RunEnd.Value), new(RunEnd.Unrecoverable)] }] }] }, new("j41", "a") { Priority = 1002, TimeLimit = 2, Runs = [new(RunEnd.Suspend)] }] }),
            new Operation.AddWorker(new WorkerPlan("a", 2) { AbandonAfter = 2 }),
            new Operation.Pump(),
            new Operation.Advance(6),
            new Operation.Finish("j17", RunEnd.Value),
        ]));

    /// <summary>The first job of a schedule with a start waited for that, although it had been given another delay by hand.</summary>
    [Fact]
    public void JobOfASchedule_DelayedAnewByHand_FallsDueThen() => AssertAgree(new Story(
        new StorePlan(new WorkerPlan("a", 1), new WorkerPlan("b", 3), new WorkerPlan("c", 1)),
        [
            new Operation.AddSchedule("t", new SchedulePlan(4) { Start = 17 }, new JobPlan("j1", "c")),
            new Operation.ChangeDelay("j1#1", 5),
            new Operation.Advance(5),
            new Operation.Pump(1),
        ]));

    /// <summary>Of two that had started at the same time the one that was added first came back in front of one from the front.</summary>
    [Fact]
    public void StalledJobs_StartedAtTheSameTime_ComeBackInTheOrderOfTheirStarts() => AssertAgree(new Story(
        new StorePlan(new WorkerPlan("a", 2), new WorkerPlan("b", 3), new WorkerPlan("c", 1)),
        [
            new Operation.Add(AddWay.Throw, new JobPlan("j12", "b") { Runs = [new(RunEnd.Suspend)] }),
            new Operation.Advance(6),
            new Operation.Add(AddWay.Throw, new JobPlan("j46", "b") { Lifo = true, Runs = [new(RunEnd.Suspend)] }),
            new Operation.Pump(3),
            new Operation.ForceClose(1),
            new Operation.AddWorker(new WorkerPlan("b", 2)),
            new Operation.Advance(5),
            new Operation.Pump(2),
        ]));

    /// <summary>A text that a handler had returned too late was shown as the job's reason while its backoff was asked.</summary>
    [Fact]
    public void LateValue_WhileTheBackoffIsAsked_IsNoReason() => AssertAgree(new Story(
        new StorePlan(new WorkerPlan("a", 1)),
        [
            new Operation.Add(AddWay.Throw, new JobPlan("j1", "a") { Attempts = 2, Custom = CustomBackoff.Later, TimeLimit = 2, Runs = [new(RunEnd.Value, new Operation.Advance(3))] }),
            new Operation.Pump(1),
        ]));

    /// <summary>A queue is drained when nothing is left to take, although a job falls due by a clock that a backoff has moved.</summary>
    [Fact]
    public void Drained_WhileAJobFellDueInABackoff_IsToldFirst() => AssertAgree(new Story(
        new StorePlan(new WorkerPlan("a", 1) { AbandonAfter = 2 }, new WorkerPlan("b", 2), new WorkerPlan("c", 3) { AbandonAfter = 0 }) { KeepCompleted = 0, KeepFailed = 2, Lifo = true, Defaults = new() { KeepCompleted = 1, KeepFailed = 2, Delay = 1 } },
        [
            new Operation.Add(AddWay.Throw, new JobPlan("j4", "c") { Runs = [new(RunEnd.Value, new Operation.AddFlow(AddWay.Async, new JobPlan("j5", "a") { Priority = -2147483648, Attempts = 2, Policy = ChildFailurePolicy.Ignore, DelaysByCall = true, Children = [new("j6", "a") { Priority = -2147483648, Policy = ChildFailurePolicy.Ignore, DelaysByCall = true, TimeLimit = 5 }, new("j7", "b") { Attempts = 3, Backoff = 4, Policy = ChildFailurePolicy.Ignore, TimeLimit = 1 }, new("j8", "b") { Priority = 8, Custom = CustomBackoff.Later, DelaysByCall = true }] }))] }),
            new Operation.Pump(3),
            new Operation.AddFlow(AddWay.Async, new JobPlan("j9", "c") { Children = [new("j16", "c") { Children = [new("j18", "b") { Children = [new("j23", "a") { Children = [new("j24", "b") { Attempts = 3, Backoff = 2, Runs = [new(RunEnd.Throw)] }] }] }] }] }),
            new Operation.Pump(1),
            new Operation.AdvanceToDue(),
            new Operation.Add(AddWay.Try, new JobPlan("j25", "b") { Attempts = 3, Backoff = 2, Custom = CustomBackoff.Dawdles, Runs = [new(RunEnd.Suspend)] }),
            new Operation.Listen(true),
            new Operation.Pump(3),
            new Operation.Finish("j25", RunEnd.Throw, true),
        ]));

    /// <summary>Of a child's two parents the one it was added under ends last; the rules took what went by the other's end to go after that.</summary>
    [Fact]
    public void KeptChild_WhoseParentGoesByAnEndInAnotherFlow_CountsTheEndsThatFollow() => AssertAgree(new Story(
        new StorePlan(new WorkerPlan("a", 1), new WorkerPlan("b", 1), new WorkerPlan("c", 3)) { Defaults = new() { KeepFailed = 1 } },
        [
            new Operation.AddFlow(AddWay.Try, new JobPlan("j5", "b") { Children = [new("j12", "b") { Policy = ChildFailurePolicy.Remove, Children = [new("j21", "c") { KeepFailed = 1, Children = [new("j22", "a") { Runs = [new(RunEnd.FaultedTask)] }] }] }] }),
            new Operation.Pump(2),
            new Operation.AddFlow(AddWay.Throw, new JobPlan("j94", "a") { Children = [new("j95", "c") { Policy = ChildFailurePolicy.Remove, Children = [new("j97", "c") { Children = [new("j99", "c") { Key = "k" }] }] }, new("j117", "c") { Key = "k" }] }),
            new Operation.Cancel("j117", "enough", false),
        ]));

    /// <summary>A parent that was retried after it had let a removed child go still read it, since another parent kept it.</summary>
    [Fact]
    public void RemovedChild_ThatACompletedParentHasLetGo_IsGoneForItThoughAnotherParentKeepsIt() => AssertAgree(new Story(
        new StorePlan(new WorkerPlan("a", 1), new WorkerPlan("b", 1), new WorkerPlan("c", 1)),
        [
            new Operation.AddFlow(AddWay.Throw, new JobPlan("j1", "b") { Children = [new("j2", "a") { KeepCompleted = 0, Key = "k" }, new("j3", "c") { Children = [new("j4", "a") { KeepCompleted = 0, Key = "k" }] }] }),
            new Operation.Pump(2),
            new Operation.RetryJobs("c", JobState.Completed),
            new Operation.Pump(3),
        ]));

    /// <summary>Of two runs that were given up at the same time the one whose limit had been over last was ended first.</summary>
    [Fact]
    public void OverdueRuns_GivenUpAtTheSameTime_EndInTheOrderInWhichTheirLimitsWereOver() => AssertAgree(new Story(
        new StorePlan(new WorkerPlan("a", 2) { AbandonAfter = 2 }, new WorkerPlan("b", 1), new WorkerPlan("c", 1)) { KeepFailed = 1 },
        [
            new Operation.Add(AddWay.Throw, new JobPlan("j1", "a") { Attempts = 2, TimeLimit = 4, Runs = [new(RunEnd.Suspend)] }, new JobPlan("j2", "a") { Attempts = 2, TimeLimit = 1, Runs = [new(RunEnd.Suspend)] }),
            new Operation.Pump(2),
            new Operation.Advance(5),
            new Operation.Pump(1),
            new Operation.Advance(2),
            new Operation.Pump(1),
        ]));

    /// <summary>Of two overdue runs that nobody waits for the rules took the one that had started first to end first.</summary>
    [Fact]
    public void OverdueRuns_ThatNobodyWaitsFor_EndInTheOrderInWhichTheirLimitsWereOver() => AssertAgree(new Story(
        new StorePlan(new WorkerPlan("a", 2) { AbandonAfter = 0 }, new WorkerPlan("b", 3) { AbandonAfter = 2 }, new WorkerPlan("c", 1)) { KeepCompleted = 0, KeepFailed = 2 },
        [
            new Operation.Listen(true),
            new Operation.AddFlow(AddWay.Async, new JobPlan("j20", "b") { Children = [new("j22", "b") { Children = [new("j23", "c") { Children = [new("j41", "c") { Policy = ChildFailurePolicy.Remove, Children = [new("j42", "a") { Delay = 3, Runs = [new(RunEnd.Unrecoverable)] }] }] }, new("j46", "a") { Priority = 1002, Attempts = 2, TimeLimit = 1, Runs = [new(RunEnd.Suspend)] }] }, new("j55", "a") { Runs = [new(RunEnd.FaultedTask)], Children = [new("j61", "a") { Children = [new("j65", "c")] }] }] }),
            new Operation.AddWorker(new WorkerPlan("a", 1)),
            new Operation.AddFlow(AddWay.Throw, new JobPlan("j73", "a") { Children = [new("j74", "a") { Attempts = 2, TimeLimit = 4, Runs = [new(RunEnd.Suspend)] }] }),
            new Operation.Drain("b", true),
            new Operation.Pump(2),
            new Operation.AdvanceToDue(),
            new Operation.Advance(4),
            new Operation.AddFlow(AddWay.Async, new JobPlan("j86", "b") { Children = [new("j89", "a") { Children = [new("j90", "b") { Children = [new("j92", "b") { Policy = ChildFailurePolicy.Remove, Children = [new("j94", "a") { Runs = [new(RunEnd.Throw)] }] }] }] }] }),
            new Operation.Pump(),
        ]));

    /// <summary>A parent was told to have failed before its child, which a subscriber had canceled, was told to be canceled.</summary>
    [Fact]
    public void EndOfAChild_ByASubscriberToItsEvents_IsHeardBeforeWhatFollowsFromIt() => AssertAgree(new Story(
        new StorePlan(new WorkerPlan("a", 1), new WorkerPlan("b", 1), new WorkerPlan("c", 1)),
        [
            new Operation.Listen(true),
            new Operation.AddFlow(AddWay.Throw, new JobPlan("j2", "c") { Children = [new("j5", "b") { Reactions = [new(JobEventType.Waiting, new Operation.Cancel("j5", "by a subscriber", true))] }] }),
        ]));

    /// <summary>Of two runs that were given up at the same time the one that had been over its limit longer was ended last.</summary>
    [Fact]
    public void OverdueRuns_GivenUpAtTheSameTime_EndInTheOrderInWhichTheyBecameOverdue() => AssertAgree(new Story(
        new StorePlan(new WorkerPlan("a", 1), new WorkerPlan("b", 2) { AbandonAfter = 1 }, new WorkerPlan("c", 1)) { KeepFailed = 1 },
        [
            new Operation.Add(AddWay.Throw, new JobPlan("j4", "b") { Priority = 8, Attempts = 2, TimeLimit = 2, Runs = [new(RunEnd.Suspend)] }),
            new Operation.Add(AddWay.Throw, new JobPlan("j14", "b") { Attempts = 3, TimeLimit = 4, Runs = [new(RunEnd.Suspend)] }),
            new Operation.Pump(),
            new Operation.Advance(6),
            new Operation.Pump(),
            new Operation.Advance(1),
            new Operation.Pump(),
        ]));

    /// <summary>By the rules who had waited for a job's end heard that it was gone, when a subscriber removed it as soon as it had ended.</summary>
    [Fact]
    public void JobRemovedAsItsEndIsTold_HasEndedForThoseWhoWaited() => AssertAgree(new Story(
        new StorePlan(new WorkerPlan("a", 1), new WorkerPlan("b", 1), new WorkerPlan("c", 1)),
        [
            new Operation.Listen(true),
            new Operation.Add(AddWay.Throw, new JobPlan("j1", "c") { Reactions = [new(JobEventType.Completed, new Operation.Remove("j1", false))] }),
            new Operation.Wait("j1", null),
            new Operation.Pump(1),
        ]));

    /// <summary>By the rules a parent that became ready two levels above one that had attached went with the child's first parent.</summary>
    [Fact]
    public void ParentsOfAJobWithSeveral_ReadyByOneEnd_GoTheFirstParentLastToTheFront() => AssertAgree(new Story(
        new StorePlan(new WorkerPlan("a", 2) { AbandonAfter = 3 }, new WorkerPlan("b", 1), new WorkerPlan("c", 3)),
        [
            new Operation.AddFlow(AddWay.Throw, new JobPlan("j2", "b") { Policy = ChildFailurePolicy.Ignore, Children = [new("j4", "c") { Key = "l", Runs = [new(RunEnd.Unrecoverable)] }] }),
            new Operation.AddFlow(AddWay.Throw, new JobPlan("j17", "a") { Children = [new("j18", "b") { Policy = ChildFailurePolicy.Ignore, Children = [new("j19", "a") { Children = [new("j20", "a") { Children = [new("j21", "c") { Key = "l" }] }] }] }] }),
            new Operation.Pump(2),
        ]));

    /// <summary>By the rules one that had attached and became ready by a cleaned queue went last to the front.</summary>
    [Fact]
    public void ParentThatAttached_ReadyByACleanedQueue_GoesFirstToTheFront() => AssertAgree(new Story(
        new StorePlan(new WorkerPlan("a", 1), new WorkerPlan("b", 3) { AbandonAfter = 0 }, new WorkerPlan("c", 1), new WorkerPlan("b", 1)) { KeepCompleted = 0 },
        [
            new Operation.AddFlow(AddWay.Try, new JobPlan("j1", "b") { Children = [new("j6", "b") { Children = [new("j7", "c")] }] }),
            new Operation.AddFlow(AddWay.Try, new JobPlan("j11", "c") { Children = [new("j13", "c") { Key = "l" }, new("j14", "b") { Children = [new("j15", "c") { Key = "l" }] }] }),
            new Operation.Advance(5),
            new Operation.Clean("c", JobState.Waiting, 3, int.MaxValue),
            new Operation.Pump(),
        ]));

    /// <summary>By the rules one that had attached and became ready was told of before the end of another one.</summary>
    [Fact]
    public void ParentsThatAttached_ReadyAndEndedByOneEnd_EndsAreToldFirst() => AssertAgree(new Story(
        new StorePlan(new WorkerPlan("a", 1), new WorkerPlan("b", 2), new WorkerPlan("c", 1)),
        [
            new Operation.Listen(true),
            new Operation.AddFlow(AddWay.Try, new JobPlan("j41", "a") { Children = [new("j42", "c") { Children = [new("j43", "a") { Policy = ChildFailurePolicy.Ignore, Reactions = [new(JobEventType.Waiting, new Operation.Add(AddWay.Throw, new JobPlan("j44", "a")))], Children = [new("j45", "a") { Key = "l" }] }, new("j49", "b") { Policy = ChildFailurePolicy.Remove, Reactions = [new(JobEventType.Removed, new Operation.Pause(0))], Children = [new("j50", "b") { Children = [new("j54", "a") { Key = "l" }] }] }] }, new("j63", "a") { Key = "l", Runs = [new(RunEnd.Throw)] }] }),
            new Operation.Pump(),
        ]));

    /// <summary>The test's subscriber did not know a job that another one had removed before its add returned.</summary>
    [Fact]
    public void JobOfAFlow_RemovedWhileTheFlowIsTold_IsKnownByItsEvents() => AssertAgree(new Story(
        new StorePlan(new WorkerPlan("a", 1), new WorkerPlan("b", 1), new WorkerPlan("c", 1)),
        [
            new Operation.Listen(true),
            new Operation.AddFlow(AddWay.Try, new JobPlan("j25", "c") { Reactions = [new(JobEventType.WaitingChildren, new Operation.Add(AddWay.Throw, new JobPlan("j26", "a"), new JobPlan("j28", "a") { CustomId = "x" }))], Children = [new("j31", "a") { CustomId = "x", Reactions = [new(JobEventType.WaitingChildren, new Operation.Remove("j31", false))], Children = [new("j35", "a") { Reactions = [new(JobEventType.Added, new Operation.Cancel("j35", null, false))] }] }] }),
        ]));

    /// <summary>A wait that had served a job in a slot used before never ended for the next one, in a new slot.</summary>
    [Fact]
    public void JobRunForItsValue_ByAWaitThatIsUsedAgain_EndsTheWait() => AssertAgree(new Story(
        new StorePlan(new WorkerPlan("a", 1) { AbandonAfter = 0 }, new WorkerPlan("b", 3), new WorkerPlan("c", 1)) { KeepCompleted = 3, KeepFailed = 3 },
        [
            new Operation.Listen(true),
            new Operation.Run(new JobPlan("j1", "a") { KeepCompleted = 0 }, true),
            new Operation.Pump(),
            new Operation.Run(new JobPlan("j3", "b"), true),
            new Operation.Wait("j3", null),
            new Operation.FireToken("j3"),
            new Operation.Run(new JobPlan("j26", "c"), true),
            new Operation.FireToken("j26"),
        ]));

    private static void AssertAgree(Story story) => Assert.Null(Simulation.FirstDifference(story));
}
