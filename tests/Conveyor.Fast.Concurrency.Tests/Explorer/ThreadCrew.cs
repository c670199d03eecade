namespace Conveyor.Fast.Concurrency.Tests.Explorer;

/// <summary>Threads that play scenarios' threads, kept from one execution to the next: the same part always on the same one.</summary>
internal sealed class ThreadCrew : IDisposable
{
    private readonly List<Member> _members = [];

    public void Start(Agent agent)
    {
        while (_members.Count <= agent.Number)
        {
            _members.Add(new Member());
        }

        _members[agent.Number].Start(agent);
    }

    public void Dispose() => _members.ForEach(static member => member.End());

    private sealed class Member
    {
        private readonly SemaphoreSlim _go = new(0);
        private Agent? _agent;

        public Member() => new System.Threading.Thread(Play) { IsBackground = true }.Start();

        public void Start(Agent agent)
        {
            _agent = agent;
            _go.Release();
        }

        public void End()
        {
            _agent = null;
            _go.Release();
        }

        private void Play()
        {
            for (_go.Wait(); _agent is { } agent; _go.Wait())
            {
                agent.Run();
            }
        }
    }
}
