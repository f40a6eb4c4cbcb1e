using System.Globalization;

namespace Caas.Tests.Support;

/// <summary>How large a fault test is: short by default, as long as an environment variable says.</summary>
internal static class FaultSize
{
    public static int Of(string variable, int shortForm) =>
        int.Parse(Environment.GetEnvironmentVariable(variable) ?? shortForm.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
