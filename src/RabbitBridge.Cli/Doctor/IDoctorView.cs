namespace RabbitBridge.Cli.Doctor;

/// <summary>Shows findings as they come.</summary>
internal interface IDoctorView
{
    void Show(Finding finding);

    void End(int problems, int warnings);
}
