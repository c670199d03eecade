namespace Conveyor.Fast.Concurrency.Tests.Explorer;

/// <summary>Threads that play scenarios' threads, kept from one execution to the next: the same part always on the same one.</summary>
internal sealed class ThreadCrew : IDisposable
{
    private readonly List<Member> _members = [];

    /// <summary>Gives an agent its thread, which begins when the agent first gets the baton.</summary>
    public void Cast(Agent agent)
    {
        while (_members.Count <= agent.Number)
        {
            _members.Add(new Member());
        }

        _members[agent.Number].Cast(agent);
    }

    public void Dispose() => _members.ForEach(static member => member.End());

    private sealed class Member
    {
        private readonly SemaphoreSlim _baton = new(0);
        private Agent? _agent;

        public Member() => new System.Threading.Thread(Play) { IsBackground = true }.Start();

        public void Cast(Agent agent)
        {
            agent.Baton = _baton;
            _agent = agent;
        }

        public void End()
        {
            _agent = null;
            _baton.Release();
        }

        private void Play()
        {
            for (_baton.Wait(); _agent is { } agent; _baton.Wait())
            {
                agent.Run();
            }
        }
    }
}
