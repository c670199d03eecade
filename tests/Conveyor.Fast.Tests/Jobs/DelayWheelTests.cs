using Conveyor.Fast.Jobs;
using static Conveyor.Fast.Jobs.StateWord;

namespace Conveyor.Fast.Tests.Jobs;

/// <summary>The wheel against a sorted list, with words that the test writes itself.</summary>
public class DelayWheelTests
{
    private const int Jobs = 400;

    [Theory]
    [InlineData(1L, 1)]
    [InlineData(1_000L, 2)]
    [InlineData(10_000_000L, 3)]
    [InlineData(10_000_000L, 4)]
    [InlineData(1_000_000_000L, 5)]
    [InlineData(1_000_000_000L, 6)]
    public void Wheel_AnyDelaysCancelsAndJumps_GivesWhatASortedListGives(long frequency, int seed)
    {
        Random random = new(seed);
        Bench bench = new(frequency);
        long now = 1;
        for (int operation = 0; operation < 40_000; operation++)
        {
            switch (random.Next(10))
            {
                case < 5:
                    bench.Insert(random.Next(Jobs), now + Magnitude(random));
                    break;
                case < 8:
                    bench.Leave(random.Next(Jobs), unlinks: random.Next(4) != 0);
                    break;
                case 8:
                    now = Math.Min(now + Magnitude(random), long.MaxValue / 2);
                    bench.TakeDue(now);
                    break;
                default:
                    bench.CheckNextDue();
                    break;
            }
        }

        bench.TakeDue(long.MaxValue);
        Assert.Equal(0, bench.Wheel.Count);
        Assert.Equal(long.MaxValue, bench.Wheel.NextDue());
    }

    /// <summary>All lie within the bucket that is opened at once; while it is open some leave, and some come for it or for the next.</summary>
    [Theory]
    [InlineData(20, 1)]
    [InlineData(Jobs, 2)]
    [InlineData(Jobs, 3)]
    [InlineData(5_000, 4)] // More than are asked for early, and than room is kept for.
    public void Wheel_ManyJobsDueInOneBucket_GivesWhatASortedListGives(int jobs, int seed)
    {
        const long Start = 1L << 30;
        const int Width = 1 << 13; // At ten million a second.
        Random random = new(seed);
        Bench bench = new(10_000_000, jobs);
        for (int job = 0; job < jobs; job++)
        {
            bench.Insert(job, Start + random.Next(Width / 4) * 4); // Few enough times that some are equal.
        }

        for (long now = Start; now < Start + Width; now += random.Next(200))
        {
            bench.TakeDue(now);
            bench.Leave(random.Next(jobs), unlinks: true);
            bench.Insert(random.Next(jobs), now + random.Next(Width));
        }

        bench.TakeDue(long.MaxValue);
        Assert.Equal(0, bench.Wheel.Count);
    }

    [Fact]
    [Trait("Behaviour", "DLY-14")]
    public void Wheel_EqualDueTimesPutInAtAnyDistance_KeepTheirOrder()
    {
        Bench bench = new(10_000_000);
        const long Due = 1L << 45;
        for (int job = 0; job < 45; job++)
        {
            bench.Insert(job, Due);
            bench.TakeDue(Due - (1L << (44 - job)));
        }

        bench.TakeDue(Due);
        Assert.Equal(0, bench.Wheel.Count);
    }

    [Fact]
    public void Insert_AfterTheJobHasLeftItsStay_PutsNothingUnderTheClock()
    {
        Bench bench = new(10_000_000);
        long ticket = bench.StepToDelayed(0);
        bench.StepToWaiting(0);

        bench.Wheel.Insert(ticket, 5);

        Assert.Equal(0, bench.Wheel.Count);
    }

    [Fact]
    public void Remove_ByTheTicketOfAnEarlierStay_LeavesTheLaterOne()
    {
        Bench bench = new(10_000_000);
        long first = bench.StepToDelayed(0);
        bench.Wheel.Insert(first, 1L << 40);
        long second = bench.StepToDelayed(0);
        bench.Wheel.Insert(second, 1L << 41);

        bench.Wheel.Remove(first);

        Assert.True(bench.Wheel.TryGetDue(second, out DueOrder due));
        Assert.Equal((1L << 41, 1), (due.Due, bench.Wheel.Count));
    }

    [Fact]
    public void Remove_OfWhatCameForAnOpenBucket_DoesNotHeapUpWhileTimeStandsStill()
    {
        Bench bench = new(10_000_000);
        InsertAndRemove(bench, 10_000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        InsertAndRemove(bench, 10_000);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);
        bench.TakeDue(10);
    }

    private static void InsertAndRemove(Bench bench, int rounds)
    {
        for (int round = 0; round < rounds; round++)
        {
            long ticket = bench.StepToDelayed(round % Jobs);
            bench.Wheel.Insert(ticket, 1);
            bench.StepToWaiting(round % Jobs);
            bench.Wheel.Remove(ticket);
        }
    }

    private static long Magnitude(Random random) => random.NextInt64(1L << random.Next(1, 60));

    private sealed class Bench
    {
        private readonly JobTable _table;
        private readonly List<(long Due, long Order, long Ticket)> _expected = [];
        private readonly int _first;
        private long _order;

        public Bench(long frequency, int jobs = Jobs)
        {
            _table = new JobTable(new JobClock(new Frequency(frequency)), 1);
            _first = _table.TakeBatch();
            for (int slots = Stripe.BatchSize; slots < jobs; slots += Stripe.BatchSize)
            {
                _table.TakeBatch();
            }
        }

        public DelayWheel Wheel => _table.Delays;

        public long StepToDelayed(int job) => Step(job, Delayed);

        public void StepToWaiting(int job) => Step(job, Waiting);

        public void Insert(int job, long due)
        {
            Forget(job);
            long ticket = StepToDelayed(job);
            _expected.Add((due, _order++, ticket));
            Wheel.Insert(ticket, due);
        }

        public void Leave(int job, bool unlinks)
        {
            ref JobRecord record = ref _table.Record(_first + job);
            if (State(record.Word) == Delayed)
            {
                long ticket = Ticket(record.Word, _first + job);
                Forget(job);
                StepToWaiting(job);
                if (unlinks)
                {
                    Wheel.Remove(ticket);
                }
                else
                {
                    Insert(job, 1L << 61); // Another stay before the first one's end has come to the wheel.
                    Wheel.Remove(ticket);
                }
            }
        }

        public void TakeDue(long now)
        {
            List<long> taken = [];
            long[] batch = new long[7];
            while (Wheel.TakeDue(now, batch) is not 0 and var count)
            {
                taken.AddRange(batch[..count]);
            }

            _expected.Sort();
            List<long> due = [.. _expected.TakeWhile(job => job.Due <= now).Select(static job => job.Ticket)];
            Assert.Equal(due, taken);
            _expected.RemoveRange(0, due.Count);
            foreach (long ticket in taken)
            {
                StepToWaiting(SlotOf(ticket) - _first);
            }

            CheckNextDue();
        }

        public void CheckNextDue()
        {
            Assert.Equal(_expected.Count, Wheel.Count);
            Assert.Equal(_expected.Count == 0 ? long.MaxValue : _expected.Min().Due, Wheel.NextDue());
        }

        private void Forget(int job) => _expected.RemoveAll(known => SlotOf(known.Ticket) == _first + job);

        private long Step(int job, long state)
        {
            ref JobRecord record = ref _table.Record(_first + job);
            record.Word = Advance(record.Word, state);
            return Ticket(record.Word, _first + job);
        }
    }

    private sealed class Frequency(long frequency) : TimeProvider
    {
        public override long TimestampFrequency => frequency;
    }
}
