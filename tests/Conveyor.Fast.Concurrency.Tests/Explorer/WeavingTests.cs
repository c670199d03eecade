using System.Reflection;
using System.Runtime.CompilerServices;
using Conveyor.Fast.Concurrency.Tests.Explorer.Model;

namespace Conveyor.Fast.Concurrency.Tests.Explorer;

/// <summary>What the weaver makes of the library is code.</summary>
public class WeavingTests
{
    private const BindingFlags Own = BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    [Fact]
    public void Methods_OfTheWovenLibrary_AreValid()
    {
        List<string> broken = [];
        foreach (MethodBase method in typeof(JobStore).Assembly.GetTypes().Where(static type => !type.ContainsGenericParameters).SelectMany(Methods))
        {
            try
            {
                RuntimeHelpers.PrepareMethod(method.MethodHandle);
            }
            catch (InvalidProgramException)
            {
                broken.Add($"{method.DeclaringType}.{method.Name}");
            }
        }

        Assert.Equal("", string.Join(", ", broken));
        Assert.InRange(Site.All.Count, 1000, int.MaxValue);
    }

    private static IEnumerable<MethodBase> Methods(Type type) =>
        type.GetMethods(Own).Concat<MethodBase>(type.GetConstructors(Own)).Where(static method => !method.ContainsGenericParameters && method.GetMethodBody() is not null);
}
