using Conveyor.Fast.Dispatch;

namespace Conveyor.Fast.Tests.Dispatch;

public class TicketStackTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    [Fact]
    public void TryPop_AfterPushes_IsNewestFirst()
    {
        TicketStack stack = new();
        Assert.True(stack.IsEmpty);
        Assert.False(stack.TryPop(out _));
        for (int i = 1; i <= 5_000; i++)
        {
            stack.Push(i);
        }

        Assert.Equal(5_000, stack.Count);
        for (int i = 5_000; i >= 1; i--)
        {
            Assert.True(stack.TryPop(out long ticket));
            Assert.Equal(i, ticket);
        }

        Assert.True(stack.IsEmpty);
        Assert.Equal(0, stack.Count);
    }

    [Fact]
    public void Push_OfAsManyAsWerePopped_AllocatesNothing()
    {
        TicketStack stack = new();
        for (int i = 0; i < 1_000; i++)
        {
            stack.Push(i);
        }

        Allocation.AllocationGate.AssertFree(() =>
        {
            for (int i = 0; i < 1_000; i++)
            {
                stack.TryPop(out _);
            }

            for (int i = 0; i < 1_000; i++)
            {
                stack.Push(i);
            }
        });
    }

    [Fact]
    public async Task PushAndTryPop_FromManyThreads_EveryTicketComesOutOnce()
    {
        const int Threads = 4;
        const int Each = 50_000;
        TicketStack stack = new();
        int[] popped = new int[Threads * Each];
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
        {
            for (int i = 0; i < Each; i++)
            {
                stack.Push(thread * Each + i);
                if (i % 3 != 0 && stack.TryPop(out long ticket))
                {
                    Interlocked.Increment(ref popped[ticket]);
                }
            }
        }))).WaitAsync(s_limit, TestContext.Current.CancellationToken);
        while (stack.TryPop(out long ticket))
        {
            popped[ticket]++;
        }

        Assert.All(popped, static count => Assert.Equal(1, count));
        Assert.Equal(0, stack.Count);
    }
}
