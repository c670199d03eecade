using Conveyor.Fast.Concurrency.Tests.Races.Operations;

namespace Conveyor.Fast.Concurrency.Tests.Races;

/// <summary>
/// Races two operations on jobs. Every outcome must be one that they have one after the other, in either order, or one
/// that the race names; every slot and every block must come back.
/// </summary>
internal sealed class RaceRun : PairRun
{
    private const int BatchesPerCheck = 256;
    private const int BatchesPerHeardOne = 7; // No multiple of what the variants come to.
    private readonly Race _race;
    private readonly RaceStore _store = new();
    private readonly Hand _a;
    private readonly Hand _b;
    private readonly Family[] _families = new Family[Batch];
    private readonly Fate[] _fatesOfA = new Fate[Batch];
    private readonly Fate[] _fatesOfB = new Fate[Batch];
    private readonly Variant[] _variants;
    private readonly Dictionary<Variant, Orders> _legal = [];
    private readonly Dictionary<Outcome, long> _seen = [];
    private long _overlaps;
    private Variant _variant;

    public RaceRun(Race race)
    {
        _race = race;
        _variants = [.. race.Variants];
        _a = new Hand(_store);
        _b = new Hand(_store);
    }

    public override IReadOnlyList<(long Count, string What)> Seen => [(_seen.Count, "different outcomes"), (_overlaps, "trials with one that only an overlap has")];

    public override void Dispose()
    {
        _a.Dispose();
        _b.Dispose();
        _store.Dispose();
    }

    /// <summary>Learns what the two orders come to.</summary>
    public override void Begin()
    {
        foreach (Variant unheard in _variants)
        {
            foreach (Variant variant in (ReadOnlySpan<Variant>)[unheard, unheard with { IsHeard = true }])
            {
                Outcome aFirst = InTurn(variant, aFirst: true);
                _legal[variant] = new Orders(aFirst, _race.IsBirth ? aFirst : InTurn(variant, aFirst: false));
            }
        }
    }

    public override void Prepare(int batch)
    {
        Choose(_variants[batch % _variants.Length] with { IsHeard = batch % BatchesPerHeardOne == 0 });
        for (int trial = 0; trial < Batch; trial++)
        {
            PrepareOne(trial);
        }
    }

    public override void DoA(int trial) => _fatesOfA[trial] = _race.A.Do(_a, trial, _race.TargetOfA(_families[trial]));

    public override void DoB(int trial)
    {
        if (_race.IsBirth)
        {
            _families[trial] = _store.AwaitBirth(Gate);
            _race.B.Prepare(_b, trial, _race.TargetOfB(_families[trial]));
        }

        _fatesOfB[trial] = _race.B.Do(_b, trial, _race.TargetOfB(_families[trial]));
    }

    public override int Look(int batch)
    {
        Rest();
        if (batch % BatchesPerCheck == 0)
        {
            _store.CheckIntegrity();
        }

        Orders legal = _legal[_variant];
        int ahead = 0;
        for (int trial = 0; trial < Batch; trial++)
        {
            Outcome outcome = Tell(trial);
            _seen[outcome] = _seen.GetValueOrDefault(outcome) + 1;
            ahead += outcome == legal.AFirst ? 1 : 0;
            ahead -= outcome == legal.BFirst ? 1 : 0;
            if (outcome != legal.AFirst && outcome != legal.BFirst)
            {
                _overlaps++;
                Assert.True(
                    _race.IsRightOverlap(_variant, outcome, legal.AFirst, legal.BFirst),
                    $"{_race} ({_variant}) came to {outcome}; one after the other they come to {legal.AFirst} or {legal.BFirst}");
            }
        }

        Clear(Batch);
        return ahead;
    }

    private Outcome InTurn(Variant variant, bool aFirst)
    {
        Choose(variant);
        PrepareOne(0);
        if (aFirst)
        {
            DoA(0);
            DoB(0);
        }
        else
        {
            DoB(0);
            DoA(0);
        }

        Rest();
        Outcome outcome = Tell(0);
        Clear(1);
        return outcome;
    }

    private Outcome Tell(int trial) => new(
        _fatesOfA[trial],
        _fatesOfB[trial],
        _store.Look(_families[trial].Parent),
        _store.Look(_families[trial].First),
        _store.Look(_families[trial].Second),
        _store.Look(_race.A.GuestOf(trial)),
        _store.Look(_race.B.GuestOf(trial)));

    private void Choose(Variant variant)
    {
        _variant = variant;
        _store.Choose(variant);
    }

    private void PrepareOne(int trial)
    {
        if (_race.IsBirth)
        {
            return;
        }

        Family family = _families[trial] = _store.Add(_race.Children);
        if (_race.Relation == Relation.ParentAndChild)
        {
            _race.A.PrepareParent(_a, trial, family);
        }
        else
        {
            _race.A.Prepare(_a, trial, family.First);
        }

        _race.B.Prepare(_b, trial, _race.TargetOfB(family));
    }

    /// <summary>What loops do before they rest; and all tickets are counted.</summary>
    private void Rest()
    {
        _a.Rest();
        _b.Rest();
        _store.TakeTickets();
    }

    private void Clear(int trials)
    {
        for (int trial = 0; trial < trials; trial++)
        {
            _a.End(trial);
            _b.End(trial);
            _store.Remove(_families[trial]);
            _store.Remove(_race.A.GuestOf(trial));
            _store.Remove(_race.B.GuestOf(trial));
        }

        Rest();
        _store.CheckEmpty();
        for (int trial = 0; trial < trials; trial++)
        {
            _race.A.CheckCleared(trial);
            _race.B.CheckCleared(trial);
        }
    }

    private readonly record struct Orders(Outcome AFirst, Outcome BFirst);
}
