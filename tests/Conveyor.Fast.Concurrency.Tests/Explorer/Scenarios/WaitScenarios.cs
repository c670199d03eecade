namespace Conveyor.Fast.Concurrency.Tests.Explorer.Scenarios;

/// <summary>A wait is over once, whatever ends it, and nothing of it reaches the next wait of its object.</summary>
internal static class WaitScenarios
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    public static readonly Scenario[] All =
    [
        Meeting("a wait ends | its token fires, then the next wait", static bench => bench.Wait(Timeout.InfiniteTimeSpan), static bench => bench.Source.Cancel()),
        Meeting("a wait ends | its time is over, then the next wait", static bench => bench.Wait(s_second), static bench => bench.Stage.Time.Advance(s_second)),
        Meeting("a run ends | its token fires, then the next run", static bench => bench.RunWithToken(), static bench => bench.Source.Cancel()),
        Scenario.Short("the store is closed | a wait's token fires", static play =>
        {
            Bench bench = new(new Stage(play));
            bench.Wait(Timeout.InfiniteTimeSpan);
            play.Thread("closes", bench.Stage.Store.Dispose);
            play.Thread("fires", bench.Source.Cancel);
            play.Afterwards(() => Assert.True(bench.IsOver, "a wait goes on in a closed store"));
        }),
        Scenario.Short("a run with the wait of a job that ran often", static play =>
        {
            Bench bench = new(new Stage(play));
            bench.WaitForAJobThatRanOften();
            bench.RunWithToken();
            Assert.True(bench.Hand.TryTake());
            play.Thread("ends", bench.Hand.Complete);
            play.Afterwards(() => Assert.True(bench.IsOver, "the job has ended, and its caller waits"));
        }),
    ];

    private static Scenario Meeting(string name, Action<Bench> begin, Action<Bench> giveUp) => new(name, play =>
    {
        Bench bench = new(new Stage(play));
        begin(bench);
        Assert.True(bench.Hand.TryTake());
        play.Thread("ends", bench.Hand.Complete);
        play.Thread("gives up", () => giveUp(bench));
        play.Thread("reads", bench.ReadAndWaitAgain);
        play.Afterwards(bench.IsOpenUntilItsJobEnds);
    });

    private sealed class Bench(Stage stage)
    {
        private ValueTask<object?> _wait;
        private JobHandle _next;

        public Stage Stage => stage;

        public Hand Hand { get; } = stage.Hand();

        public CancellationTokenSource Source { get; } = new();

        public bool IsOver => _wait.IsCompleted;

        public void Wait(TimeSpan limit) => _wait = stage.Add().WaitUntilFinishedAsync<object?>(limit, Source.Token);

        /// <summary>Its steps lie above those of a new job, and its wait is used again.</summary>
        public void WaitForAJobThatRanOften()
        {
            JobHandle job = stage.Add();
            for (int lives = 0; lives < 4; lives++)
            {
                stage.Hand().TakeAndComplete();
                job.Retry(includeCompleted: true);
            }

            _wait = job.WaitUntilFinishedAsync<object?>();
            stage.Hand().TakeAndComplete();
            Read();
        }

        public void RunWithToken() => _wait = stage.Queue.RunAsync<int, object?>("job", 1, null, Source.Token);

        public void ReadAndWaitAgain()
        {
            SpinWait spin = default;
            while (!IsOver)
            {
                spin.SpinOnce();
            }

            Read();
            _next = stage.Add();
            _wait = _next.WaitUntilFinishedAsync<object?>();
        }

        public void IsOpenUntilItsJobEnds()
        {
            Assert.True(!IsOver && _next.State == JobState.Waiting, $"the next wait is {(IsOver ? "over" : "open")}, and its job {_next.State}");
            stage.Hand().TakeAndComplete();
            Assert.True(IsOver && stage.Table.Waiters.IsEmpty, "the next job has ended, and somebody waits");
            Read();
        }

        private void Read()
        {
            try
            {
                _wait.GetAwaiter().GetResult();
            }
            catch (Exception error) when (error is OperationCanceledException or TimeoutException or JobCanceledException)
            {
                // Given up.
            }
        }
    }
}
